/** Jobs and their storyboards, as rows. */
import type { JobType } from '../../domain/job.ts'
import type { JobSettings } from '../../domain/settings.ts'
import type { WrittenStoryboard } from '../../domain/storyboard.ts'
import type { Database, Prisma } from '../client.ts'
import type { Job, Scene } from '../generated/client.ts'
import { recordEvent } from './progress.ts'

export type { Job, Prediction, Scene } from '../generated/client.ts'
export type JobWithScenes = Job & { scenes: Scene[] }

/** Inserts a pending job without a storyboard; its name counts up per campaign. */
export function createJob(
  db: Database,
  draft: {
    type: JobType
    campaignId: string
    clientId: string
    parameters: Prisma.InputJsonObject
    settings: JobSettings
    estimateMicroUsd: number
  },
): Promise<Job> {
  return db.$transaction(async (tx) => {
    const campaign = await tx.campaign.update({
      where: { id: draft.campaignId },
      data: { videoCounter: { increment: 1 } },
    })
    const job = await tx.job.create({ data: { ...draft, videoName: `${campaign.name} ${campaign.videoCounter}` } })
    await recordEvent(tx, job.id, 'created', { type: draft.type })
    return tx.job.findUniqueOrThrow({ where: { id: job.id } })
  })
}

/** With its scenes in storyboard order; null when there is no such job. */
export function findJob(db: Database, jobId: number): Promise<JobWithScenes | null> {
  return db.job.findUnique({ where: { id: jobId }, include: { scenes: { orderBy: { position: 'asc' } } } })
}

/** @throws when there is no such job */
export async function getJob(db: Database, jobId: number): Promise<JobWithScenes> {
  const job = await findJob(db, jobId)
  if (!job) throw new Error(`There is no job ${jobId}.`)
  return job
}

/**
 * Writes the first version of a job's storyboard; a second call changes nothing.
 * @param estimateMicroUsd what rendering it will cost
 */
export async function saveStoryboard(
  db: Database,
  jobId: number,
  storyboard: WrittenStoryboard,
  estimateMicroUsd: number,
): Promise<void> {
  await db.$transaction(async (tx) => {
    const { count } = await tx.job.updateMany({
      where: { id: jobId, storyboardVersion: 0 },
      data: { storyboardVersion: 1, storyboardSource: storyboard.source, estimateMicroUsd },
    })
    if (count === 0) return
    await tx.scene.createMany({
      data: storyboard.scenes.map((scene, position) => ({
        jobId,
        position,
        title: scene.title,
        description: scene.description,
        prompt: scene.prompt,
        duration: scene.duration,
        transition: scene.transition,
        sceneType: scene.scene_type,
        cameraMovement: scene.camera_movement,
        motionGoal: scene.motion_goal,
        firstAssetId: scene.asset_ids[0],
        lastAssetId: scene.asset_ids[1],
        musicDescription: scene.music_description,
        musicStyle: scene.music_style,
        musicEnergy: scene.music_energy,
      })),
    })
    await recordEvent(tx, jobId, 'storyboard', { version: 1, source: storyboard.source })
  })
}

const STORYBOARD_FAILED = 'storyboard_failed'

/** Keeps which scene types a storyboard had that are not allowed. */
export async function recordInvalidTypes(db: Database, jobId: number, invalidTypes: string[]): Promise<void> {
  await db.$transaction((tx) => recordEvent(tx, jobId, STORYBOARD_FAILED, { invalid_types: invalidTypes }))
}

/** The scene types for which a storyboard was refused; null when it was not for that. */
export async function storyboardFailure(db: Database, jobId: number): Promise<string[] | null> {
  const event = await db.jobEvent.findFirst({ where: { jobId, type: STORYBOARD_FAILED }, orderBy: { seq: 'desc' } })
  return event ? (event.data as { invalid_types: string[] }).invalid_types : null
}

/** Micro-USD of what a job bought: what the provider bills, as far as the ledger knows. */
export async function spentMicroUsd(db: Database, jobId: number): Promise<number> {
  const { _sum } = await db.prediction.aggregate({
    where: { jobId, state: { in: ['submitted', 'succeeded'] } },
    _sum: { priceMicroUsd: true },
  })
  return _sum.priceMicroUsd ?? 0
}

/**
 * Notes that music is wanted: of a pending job with its film, of a completed one now.
 * @returns false when it is being made already, or the job was decided in the meantime
 */
export async function wishForMusic(
  db: Database,
  { id, status }: Job,
  settings: JobSettings,
  startedAt: Date,
): Promise<boolean> {
  const idle = { OR: [{ audioStatus: null }, { audioStatus: { not: 'processing' } }] }
  const begun = { audioStatus: 'processing', audioStartedAt: startedAt, audioError: null }
  const { count } = await db.job.updateMany({
    where: { id, status, ...idle },
    data: { settings, ...(status === 'completed' && begun) },
  })
  return count === 1
}

/** Puts back what `wishForMusic` changed, when the workflow could not be told. */
export async function undoMusicWish(db: Database, before: Job): Promise<void> {
  const { settings, audioStatus, audioStartedAt, audioError } = before
  await db.job.update({
    where: { id: before.id },
    data: { settings: settings as Prisma.InputJsonValue, audioStatus, audioStartedAt, audioError },
  })
}
