/** Jobs that are decided, what is bought for them, and what their revisions plan, on the activity bench. */
import { afterAll } from 'vitest'
import { JobSettings } from '../../domain/settings.ts'
import { approveJob } from '../../prisma/queries/decisions.ts'
import { getJob, type JobWithScenes } from '../../prisma/queries/jobs.ts'
import type { RevisionPlan } from '../../workflows/contract.ts'
import { startActivityBench } from './activity-bench.ts'

export const asker = { by: 'Anna' }
export const sceneOf = ({ scenes }: JobWithScenes) => scenes[0]?.id ?? ''

/** A bench for the tests of one file, and short names for what is done on it. */
export async function startRevisionBench() {
  const bench = await startActivityBench()
  afterAll(() => bench.stop())
  const plan = (job: JobWithScenes, number: number): Promise<RevisionPlan> =>
    bench.attempt('planRevision', { jobId: job.id, revision: { number } })

  /** An approved job of one scene. */
  async function approved(music: Partial<JobSettings['music']> = {}): Promise<JobWithScenes> {
    const job = await bench.newJob()
    const settings = JobSettings.parse(job.settings)
    const wanted = { ...settings, music: { ...settings.music, ...music } }
    await bench.db.job.update({ where: { id: job.id }, data: { settings: wanted } })
    await approveJob(bench.db, job.id, { by: null, note: null })
    return getJob(bench.db, job.id)
  }

  /** Buys the clip of a scene, or a piece of its music. @returns the prediction's id in the ledger */
  async function buy(job: JobWithScenes, attempt: number, music?: { soundtrack: number }): Promise<string> {
    const what = music
      ? { kind: 'music' as const, position: 0, ...music }
      : { kind: 'scene' as const, sceneId: sceneOf(job) }
    return (await bench.attempt('submitPrediction', { ...what, jobId: job.id, attempt })).predictionId
  }
  const settle = (id: string, state: string) =>
    bench.db.prediction.update({ where: { id }, data: { state, finishedAt: new Date(), error: state } })
  const prediction = (id: string) => bench.db.prediction.findUniqueOrThrow({ where: { id } })
  const row = (job: JobWithScenes) => getJob(bench.db, job.id)

  /** A completed job, whose film has no music. */
  async function finished(): Promise<JobWithScenes> {
    const job = await approved()
    await settle(await buy(job, 1), 'succeeded')
    const done = { status: 'completed', stage: 'completed', stitchedHash: 'film', videoHash: 'film', videoDuration: 4 }
    await bench.db.job.update({ where: { id: job.id }, data: done })
    return row(job)
  }

  return { bench, plan, approved, buy, settle, prediction, row, finished }
}
