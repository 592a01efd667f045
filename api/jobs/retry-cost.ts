/** What a retry of a failed job will cost: only what failed, and what was bought and can be had is not bought again. */
import { canGoOn, musicSubject, sceneSubject, voiceSubject } from '../../domain/prediction.ts'
import { isMusicWanted, JobSettings, segmentsToBuy } from '../../domain/settings.ts'
import type { Database } from '../../prisma/client.ts'
import type { JobWithScenes } from '../../prisma/queries/jobs.ts'
import { resolveVideoModel, scenePriceMicroUsd } from '../../providers/models.ts'
import { musicPriceMicroUsd } from '../../providers/music-models.ts'
import { voiceModel, voicePriceMicroUsd } from '../../providers/voice-models.ts'

/** Micro-USD, at most; null where nothing is retried. */
export async function retryMicroUsd(db: Database, job: JobWithScenes): Promise<number | null> {
  if (job.status !== 'failed' || job.stage !== 'failed') return null
  // It failed before its approval: what is tried again is its storyboard.
  if (job.decision !== 'approved') return 0
  const settings = JobSettings.parse(job.settings)
  const model = resolveVideoModel(settings.videoModel)
  const free = await boughtAlready(db, job.id)
  const lacking = [
    ...job.scenes.flatMap(({ id, state, duration }) => {
      const price = scenePriceMicroUsd(model, duration)
      return state === 'completed' ? [] : [{ subject: sceneSubject(id), price }]
    }),
    ...job.scenes.flatMap(({ position, voiceOver, voiceHash }) => {
      if (!voiceOver || voiceHash) return []
      return [
        { subject: voiceSubject(position), price: voicePriceMicroUsd(voiceModel(settings.voice.model), voiceOver) },
      ]
    }),
    ...(await silentPositions(db, job, settings)).map((position) => {
      return { subject: musicSubject(position), price: musicPriceMicroUsd() }
    }),
  ]
  return lacking.reduce((sum, { subject, price }) => sum + (free.has(subject) ? 0 : price), 0)
}

/** The purchases whose newest attempt costs nothing more. */
async function boughtAlready(db: Database, jobId: number): Promise<Set<string>> {
  const attempts = await db.prediction.findMany({ where: { jobId }, orderBy: { attempt: 'asc' } })
  const newest = new Map(attempts.map((prediction) => [prediction.subject, prediction]))
  return new Set([...newest.values()].filter(isOpen).map(({ subject }) => subject))
}

/** One that was refused, or perhaps never sent, may still have to be paid for. */
const isOpen = (prediction: Parameters<typeof canGoOn>[0]) =>
  !['refused', 'intent'].includes(prediction.state) && canGoOn(prediction)

/** Where music is to play that is not there yet. */
async function silentPositions(db: Database, job: JobWithScenes, { music }: JobSettings): Promise<number[]> {
  if (!isMusicWanted(music) || job.audioHash) return []
  const there = await db.audioSegment.findMany({
    where: { jobId: job.id, soundtrack: job.soundtrack, blobHash: { not: null } },
    select: { position: true },
  })
  const have = new Set(there.map(({ position }) => position))
  return Array.from({ length: segmentsToBuy(music, job.scenes.length) }, (_, n) => n).filter((n) => !have.has(n))
}
