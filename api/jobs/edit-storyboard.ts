/** What every route that edits a storyboard does: check, make the next version, or say why not. */
import type { Context } from 'hono'
import type { Job, JobWithScenes } from '../../prisma/queries/jobs.ts'
import { editStoryboard as writeEdit } from '../../prisma/queries/storyboard.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError } from '../errors.ts'
import type { ApiEnv } from '../router.ts'
import { requireJob } from './require-job.ts'
import { draftStoryboard, type EditedScene } from './scene-edit.ts'
import { expectedVersion, sendVersion, versionChanged } from './storyboard-version.ts'

export interface StoryboardChange {
  jobId: number
  /** storyboard_version of the body. */
  version: number | undefined
  /** All scenes that the storyboard has afterwards, in order. */
  scenes: (job: JobWithScenes) => EditedScene[]
  /** How `details` call the field of scene `index`. */
  at: (index: number, field: string) => string
}

/**
 * @returns the job with its new storyboard
 * @throws ApiError 404, 409 when it was approved or has changed, 422
 */
export async function editStoryboard(
  c: Context<ApiEnv>,
  { db, config }: ApiDeps,
  { jobId, version, scenes, at }: StoryboardChange,
): Promise<JobWithScenes> {
  const { maxScenes } = config
  const outcome = await writeEdit(db, jobId, {
    expected: expectedVersion(c, version),
    by: c.var.caller,
    draft: (tx, job) => draftStoryboard(tx, job, scenes(job), { maxScenes, at }),
  })
  const job = await requireJob(db, jobId)
  if (outcome === 'changed') throw versionChanged(job)
  if (outcome !== 'edited') throw closed(job)
  sendVersion(c, job.storyboardVersion)
  return job
}

/** Every scene as it is. */
export const unchanged = (job: JobWithScenes): EditedScene[] => job.scenes.map((before) => ({ before, edit: {} }))

function closed(job: Job): ApiError {
  const { id, status, storyboardVersion, decision, decidedBy } = job
  const reason =
    status === 'pending' && storyboardVersion === 0
      ? 'it is not written yet: wait until storyboard_ready is true'
      : `the job was ${job.canceledAt ? 'canceled' : (decision ?? 'ended')}${decidedBy ? ` by ${decidedBy}` : ''}; copy it to change the copy`
  return new ApiError(409, `The storyboard can't be edited: ${reason}`, {
    extra: { job_id: id, storyboard_version: storyboardVersion, current_status: status },
  })
}
