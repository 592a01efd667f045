/** What it costs that a job goes on with a purchase of unknown outcome, once an operator has decided about it. */
import { positionOfMusic, type Resolution } from '../../domain/prediction.ts'
import { JobSettings, type MusicSettings } from '../../domain/settings.ts'
import type { Db } from '../../prisma/client.ts'
import { readBoughtAlready, readBoughtInFull } from '../../prisma/queries/bought-already.ts'
import type { JobWithScenes, Prediction } from '../../prisma/queries/jobs.ts'
import { regenerationOf } from '../../prisma/queries/scene-revisions.ts'
import { musicSettingsOf, soundtrackToMake } from '../../prisma/queries/soundtracks.ts'
import { finalizeMicroUsd, musicMicroUsd, retryMicroUsd } from '../../providers/estimate.ts'

/** In micro-USD, at most. What was adopted is paid for; what goes on with it may not be. */
export const priceOfGoingOn =
  (resolved: Prediction, resolution: Resolution) =>
  async (tx: Db, job: JobWithScenes): Promise<number> => {
    const { sceneId, subject, attempt, priceMicroUsd } = resolved
    const revision = sceneId ? (await regenerationOf(tx, sceneId, attempt))?.revision : undefined
    if (revision?.kind === 'finalize') return finalizeMicroUsd(job, await readBoughtInFull(tx, job.id)) ?? 0
    const isPaidAgain = resolution === 'pay_again'
    const bought = await readBoughtAlready(tx, job)
    const free = new Set([...bought.free].filter((one) => one !== subject).concat(isPaidAgain ? [] : subject))
    // Of several variants the one that was decided about is bought, and no other.
    const scenes = job.scenes.map((scene) => ({ ...scene, variants: 1 }))
    const retried = retryMicroUsd({ ...job, scenes }, { ...bought, free }, sceneId ? [sceneId] : [])
    if (retried !== null) return retried
    const music = revision?.music ? await regeneratedMusic(tx, job, revision.musicSettings) : 0
    return (isPaidAgain ? priceMicroUsd : 0) + music + (await musicAfter(tx, job, resolved))
  }

/** The music that a regeneration was to have, but for the pieces that are there. */
async function regeneratedMusic(tx: Db, job: JobWithScenes, musicSettings: unknown): Promise<number> {
  const { music } = JobSettings.parse(job.settings)
  const wanted = (musicSettings as MusicSettings | null) ?? music
  const soundtrack = await soundtrackToMake(tx, job, wanted)
  const there = await tx.audioSegment.count({ where: { jobId: job.id, soundtrack, blobHash: { not: null } } })
  return musicMicroUsd({ music: wanted }, job.scenes.length - there)
}

/** Of late music that halted at a piece: those that were to follow. What failed beside it stays silent, and has its row. */
async function musicAfter(tx: Db, job: JobWithScenes, { subject, soundtrack: which }: Prediction): Promise<number> {
  const position = positionOfMusic(subject)
  if (position === null || job.status !== 'completed') return 0
  const soundtrack = which ?? 1
  const begun = await tx.audioSegment.count({ where: { jobId: job.id, soundtrack, position: { not: position } } })
  const music = await musicSettingsOf(tx, job, soundtrack)
  return musicMicroUsd({ music }, Math.max(0, job.scenes.length - 1 - begun))
}
