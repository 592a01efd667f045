/** Jobs and their storyboards, as rows. */
import { type JobType, OPEN_STATUSES } from '../../domain/job.ts'
import type { JobSettings } from '../../domain/settings.ts'
import type { PhotoNote, WrittenStoryboard } from '../../domain/storyboard.ts'
import { type Database, type Db, Prisma } from '../client.ts'
import type { Job, Scene } from '../generated/client.ts'
import { columnsOf, statements } from '../statements.ts'
import { oweDelivery } from './deliveries.ts'
import { noteCreatedJob } from './idempotent-requests.ts'
import { keepJobPhotos } from './job-photos.ts'
import { recordEvent } from './progress.ts'

export type { Job, Prediction, Scene } from '../generated/client.ts'
export type JobWithScenes = Job & { scenes: Scene[] }

/** The campaign was deleted, or given to another client, while a job was being created in it. */
export class CampaignGone extends Error {
  override readonly name = 'CampaignGone'
}

/** A client has as many jobs that have not ended as it may. */
export class TooManyOpenJobs extends Error {
  override readonly name = 'TooManyOpenJobs'
}

/** @param most null for no limit @throws TooManyOpenJobs */
export async function assertRoomForJob(
  tx: Prisma.TransactionClient,
  clientId: string,
  most: number | null,
): Promise<void> {
  if (most === null) return
  const open = await tx.job.count({
    where: { clientId, deletedAt: null, status: { in: [...OPEN_STATUSES] } },
  })
  if (open < most) return
  throw new TooManyOpenJobs(
    `This client has ${open} jobs that have not ended, and may have ${most} (MAX_OPEN_JOBS_PER_CLIENT). Wait for one to end, or reject or cancel one.`,
  )
}

/** Counts up the campaign's films: "<campaign name> <n>". @throws CampaignGone */
export async function nextVideoName(
  tx: Prisma.TransactionClient,
  { campaignId, clientId }: { campaignId: string; clientId: string },
): Promise<string> {
  const { count } = await tx.campaign.updateMany({
    where: { id: campaignId, clientId, deletedAt: null },
    data: { videoCounter: { increment: 1 } },
  })
  if (count === 0) throw new CampaignGone(`Client ${clientId} has no campaign ${campaignId}.`)
  const { name, videoCounter } = await tx.campaign.findUniqueOrThrow({ where: { id: campaignId } })
  return `${name} ${videoCounter}`
}

/**
 * Inserts a pending job without a storyboard.
 * @param requestId the IdempotentRequest that asks for it: its repeat, should this server die, then goes on with this job
 * @param maxOpenJobs how many jobs its client may have that have not ended
 * @throws CampaignGone, TooManyOpenJobs
 */
export function createJob(
  db: Database,
  draft: {
    type: JobType
    campaignId: string
    clientId: string
    parameters: Prisma.InputJsonObject
    settings: JobSettings
    estimateMicroUsd: number
    /** What it may cost in all; absent for no limit of its own. */
    budgetCents?: number | null
    /** Where webhooks of this job go instead of to its client's place. */
    callbackUrl?: string | null
  },
  requestId?: string,
  maxOpenJobs: number | null = null,
): Promise<Job> {
  return db.$transaction(async (tx) => {
    await assertRoomForJob(tx, draft.clientId, maxOpenJobs)
    const videoName = await nextVideoName(tx, draft)
    const job = await tx.job.create({ data: { ...draft, videoName } })
    await recordEvent(tx, job.id, 'created', { type: draft.type })
    if (requestId) await noteCreatedJob(tx, requestId, job.id)
    return tx.job.findUniqueOrThrow({ where: { id: job.id } })
  })
}

const WITH_SCENES = { scenes: { orderBy: { position: 'asc' } } } as const

/** With its scenes in storyboard order; null when there is no such job, or it was deleted. */
export function findJob(db: Db, jobId: number): Promise<JobWithScenes | null> {
  return db.job.findUnique({ where: { id: jobId, deletedAt: null }, include: WITH_SCENES })
}

/** The same without its scenes. */
export function findJobRow(db: Db, jobId: number): Promise<Job | null> {
  return db.job.findUnique({ where: { id: jobId, deletedAt: null } })
}

/**
 * The same for the job's own workflow, which ends in order although the job was deleted.
 * @throws when there is no such job
 */
export async function getJob(db: Db, jobId: number): Promise<JobWithScenes> {
  const job = await db.job.findUnique({ where: { id: jobId }, include: WITH_SCENES })
  if (!job) throw new Error(`There is no job ${jobId}.`)
  return job
}

/**
 * For telling its workflow.
 * @returns the job, and the number of its newest revision; 0 when it has none
 */
export async function readJobToTell(db: Database, jobId: number): Promise<{ job: Job; newestRevision: number }> {
  const [row] = await statements(db).$queryRaw<(Job & { newest: number | null })[]>(
    Prisma.sql`SELECT ${JOB}, (SELECT MAX("number") FROM "Revision" WHERE "jobId" = ${jobId}) AS "newest"
      FROM "Job" WHERE "id" = ${jobId}`,
  )
  if (!row) throw new Error(`There is no job ${jobId}.`)
  const { newest, ...job } = row
  return { job, newestRevision: newest ?? 0 }
}

const JOB = columnsOf(Prisma.JobScalarFieldEnum)
const SCENE = columnsOf(Prisma.SceneScalarFieldEnum)

/** The same for the steps that every job goes through. */
export async function readJob(db: Database, jobId: number): Promise<JobWithScenes> {
  const { $queryRaw } = statements(db)
  const [job] = await $queryRaw<Job[]>(Prisma.sql`SELECT ${JOB} FROM "Job" WHERE "id" = ${jobId}`)
  if (!job) throw new Error(`There is no job ${jobId}.`)
  return { ...job, scenes: await readScenes(db, jobId) }
}

/** In the film's order. */
export async function readScenes(db: Database, jobId: number): Promise<Scene[]> {
  return statements(db).$queryRaw<Scene[]>(
    Prisma.sql`SELECT ${SCENE} FROM "Scene" WHERE "jobId" = ${jobId} ORDER BY "position"`,
  )
}

/** An event is sent to everyone who watches. */
const TOLD_LEFT_OUT = 20

/**
 * Writes the first version of a job's storyboard; a second call changes nothing. Of a job that was canceled or deleted
 * meanwhile nothing is kept.
 * @param estimates what each scene is estimated to cost, in micro-USD
 * @param photos what there is to tell of the photos that it was written for
 */
export async function saveStoryboard(
  db: Database,
  jobId: number,
  storyboard: WrittenStoryboard,
  estimates: readonly number[],
  photos: PhotoNote[] = [],
): Promise<void> {
  const estimateMicroUsd = estimates.reduce((sum, one) => sum + one, 0)
  await db.$transaction(async (tx) => {
    const { count } = await tx.job.updateMany({
      where: { id: jobId, storyboardVersion: 0, canceledAt: null, deletedAt: null },
      data: {
        ...{ storyboardVersion: 1, estimateMicroUsd },
        ...{ storyboardSource: storyboard.source, storyboardNote: storyboard.note },
      },
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
        transitionDuration: scene.transition_duration,
        sceneType: scene.scene_type,
        cameraMovement: scene.camera_movement,
        motionGoal: scene.motion_goal,
        firstAssetId: scene.asset_ids[0],
        lastAssetId: scene.asset_ids[1],
        musicDescription: scene.music_description,
        musicStyle: scene.music_style,
        musicEnergy: scene.music_energy,
        overlays: scene.overlays ?? [],
        estimateMicroUsd: estimates[position],
      })),
    })
    await keepJobPhotos(tx, jobId, photos)
    const leftOut = photos.flatMap(({ id, name, leftOut: reason }) => (reason === null ? [] : [{ id, name, reason }]))
    const told = leftOut.length > 0 && { left_out: leftOut.slice(0, TOLD_LEFT_OUT), left_out_total: leftOut.length }
    const note = storyboard.note && { note: storyboard.note }
    await recordEvent(tx, jobId, 'storyboard', { version: 1, source: storyboard.source, ...note, ...told })
    await oweDelivery(tx, jobId, 'job.awaiting_approval')
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
