/** A finished draft that is to be rendered in full quality. */
import { JobSettings } from '../../domain/settings.ts'
import type { Database, Prisma } from '../client.ts'
import { readBoughtInFull } from './bought-already.ts'
import { findJob, type JobWithScenes } from './jobs.ts'
import {
  type Asker,
  askBudgets,
  insert,
  openFinalize,
  type Queued,
  queueOnce,
  whyNotShowable,
  whyUnresolved,
} from './revisions.ts'

/**
 * Every scene once, as the storyboard has it now. The draft is served until the film takes its place; asked for again after
 * it failed, it goes on with what it has.
 * @throws OverBudget
 */
export function queueFinalize(db: Database, jobId: number, asker: Asker): Promise<Queued> {
  return queueOnce(db, asker, async (tx) => {
    const job = await findJob(tx, jobId)
    if (!job) return { outcome: 'unknown' }
    const sceneIds = job.scenes.map(({ id }) => id)
    const bought = await readBoughtInFull(tx, jobId)
    const reason =
      (await whyNotFinal(tx, job)) ??
      (await whyUnresolved(tx, job, { sceneIds })) ??
      // Its drafts are no purchases to go on with.
      (await whyNotShowable(tx, job.scenes, {}, ({ id }) => bought.has(id)))
    if (reason) return { outcome: 'refused', reason }
    await askBudgets(tx, job, asker)
    const scenes = sceneIds.map((sceneId) => ({ sceneId, changes: {} }))
    return insert(tx, job, { kind: 'finalize', asker, scenes, music: false })
  })
}

async function whyNotFinal(tx: Prisma.TransactionClient, job: JobWithScenes): Promise<string | null> {
  if (JobSettings.parse(job.settings).quality !== 'draft') return 'It is no draft: its film is in full quality'
  if (job.status !== 'completed')
    return `Only a finished draft is rendered in full quality, and this job is ${job.status}`
  if (!job.stitchedHash) return 'Its film is not stitched'
  const open = await openFinalize(tx, job.id)
  return open ? `It is being rendered in full quality already (revision ${open.number})` : null
}
