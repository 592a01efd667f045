/** Editing a storyboard before its approval: version by version, each edit a compare-and-set against the one it read. */
import type { Overlay } from '../../domain/words.ts'
import type { Database, Prisma } from '../client.ts'
import type { Scene } from '../generated/client.ts'
import { findJob, type JobWithScenes } from './jobs.ts'
import { recordEvent } from './progress.ts'

/** What a storyboard says of a scene. */
export type SceneFields = Pick<
  Scene,
  | 'title'
  | 'description'
  | 'prompt'
  | 'duration'
  | 'model'
  | 'variants'
  | 'transition'
  | 'transitionDuration'
  | 'sceneType'
  | 'cameraMovement'
  | 'motionGoal'
  | 'firstAssetId'
  | 'lastAssetId'
  | 'musicDescription'
  | 'musicStyle'
  | 'musicEnergy'
  | 'caption'
  | 'voiceOver'
  | 'keepClipAudio'
> & { overlays: Overlay[] }

/** A scene as it is to become; a new one has no id yet. */
export interface SceneDraft {
  id: string | null
  fields: SceneFields
  /** What it is estimated to cost. */
  estimateMicroUsd: number
}

/** What becomes of a storyboard: all of its scenes in order. */
export interface StoryboardDraft {
  scenes: SceneDraft[]
}

/** `changed`: it is at another version than the caller saw. `closed`: it was approved, has ended, or is not written yet. */
export type EditOutcome = 'edited' | 'changed' | 'closed' | 'unknown'

export const isEditable = ({ status, decision, storyboardVersion }: JobWithScenes) =>
  status === 'pending' && decision === null && storyboardVersion > 0

/**
 * Makes the next version of a job's storyboard.
 * @param expected the version that the caller saw; null takes whichever there is
 * @param draft what it becomes; what it throws undoes everything
 */
export function editStoryboard(
  db: Database,
  jobId: number,
  edit: {
    expected: number | null
    by: string
    draft: (tx: Prisma.TransactionClient, job: JobWithScenes) => Promise<StoryboardDraft>
  },
): Promise<EditOutcome> {
  return db.$transaction(async (tx) => {
    const job = await findJob(tx, jobId)
    if (!job) return 'unknown'
    if (!isEditable(job)) return 'closed'
    const { storyboardVersion } = job
    if (edit.expected !== null && edit.expected !== storyboardVersion) return 'changed'
    const { scenes } = await edit.draft(tx, job)
    const estimateMicroUsd = scenes.reduce((sum, scene) => sum + scene.estimateMicroUsd, 0)
    const { count } = await tx.job.updateMany({
      where: { id: jobId, status: 'pending', decision: null, storyboardVersion },
      data: { storyboardVersion: storyboardVersion + 1, estimateMicroUsd },
    })
    if (count === 0) return 'changed'
    await writeScenes(tx, job, scenes)
    await recordEvent(tx, jobId, 'storyboard', { version: storyboardVersion + 1, by: edit.by, scenes: scenes.length })
    return 'edited'
  })
}

async function writeScenes(tx: Prisma.TransactionClient, job: JobWithScenes, drafts: SceneDraft[]): Promise<void> {
  const kept = drafts.flatMap(({ id }) => id ?? [])
  await tx.scene.deleteMany({ where: { jobId: job.id, id: { notIn: kept } } })
  for (const [position, { id, fields, estimateMicroUsd }] of drafts.entries()) {
    const data = { ...fields, position, estimateMicroUsd }
    if (id) await tx.scene.update({ where: { id }, data })
    else await tx.scene.create({ data: { ...data, jobId: job.id } })
  }
}
