/** How a job's rows move: forwards only, every change with an event, in one transaction. */
import {
  isFinalStage,
  type JobStage,
  type JobStatus,
  mayAdvance,
  renderPercentage,
  renderStage,
  type SceneState,
  STAGE_PERCENTAGE,
} from '../../domain/job.ts'
import type { JobEventType } from '../../domain/job-events.ts'
import type { Database, Prisma } from '../client.ts'
import type { Job, Scene } from '../generated/client.ts'
import { oweDelivery } from './deliveries.ts'

type Tx = Prisma.TransactionClient

interface JobEvent {
  type: JobEventType
  data: Prisma.InputJsonObject
}

/** Appends to the job's events; the counter in the job's row numbers them without gaps. */
export async function recordEvent(
  tx: Tx,
  jobId: number,
  type: JobEventType,
  data: Prisma.InputJsonObject,
): Promise<void> {
  await recordEvents(tx, jobId, [{ type, data }])
}

/** The same for several, and for what else changes in the job's row with them. */
async function recordEvents(
  tx: Tx,
  jobId: number,
  events: JobEvent[],
  change: Prisma.JobUncheckedUpdateInput = {},
): Promise<void> {
  const { eventSeq } = await tx.job.update({
    where: { id: jobId },
    data: { ...change, eventSeq: { increment: events.length } },
    select: { eventSeq: true },
  })
  const before = eventSeq - events.length
  const rows = events.map((event, index) => ({ ...event, jobId, seq: before + index + 1 }))
  if (rows.length > 0) await tx.jobEvent.createMany({ data: rows })
}

const PROGRESS = { stage: true, status: true, percentage: true, error: true } as const
type Progress = Pick<Job, keyof typeof PROGRESS>

/** What may change along with the stage. */
export type JobChange = Omit<
  Prisma.JobUncheckedUpdateInput,
  'id' | 'stage' | 'status' | 'percentage' | 'eventSeq' | 'error'
> & { error?: string | null }

/**
 * Brings a job to a stage, unless it is there or further already.
 * @returns the stage that the job is in afterwards
 */
export async function advanceJob(
  tx: Tx,
  jobId: number,
  stage: JobStage,
  { percentage, ...change }: JobChange & { percentage?: number } = {},
): Promise<JobStage> {
  const job = await tx.job.findUniqueOrThrow({ where: { id: jobId }, select: PROGRESS })
  if (isFinalStage(job.stage)) return job.stage
  const next = progressTo(job, stage, percentage)
  await moveJob(tx, jobId, job, next, { change })
  if (next.status === 'completed') await oweDelivery(tx, jobId, 'job.completed')
  if (next.status === 'failed') await oweDelivery(tx, jobId, 'job.failed')
  return next.stage as JobStage
}

/** How far a job is that is brought to a stage: what is final stays, and nothing runs backwards. */
function progressTo(job: Progress, stage: JobStage, percentage?: number): Progress {
  const current = job.stage as JobStage
  if (isFinalStage(current)) return job
  const next = mayAdvance(current, stage) ? stage : current
  const shown = Math.max(job.percentage, percentage ?? stagePercentage(next) ?? job.percentage)
  return { ...job, stage: next, status: statusAt(next, job.status as JobStatus), percentage: shown }
}

/**
 * Writes how far a job is, if that is news, with the event that tells of it.
 * @param also what else changes in its row, and the events of what moved it
 */
async function moveJob(
  tx: Tx,
  jobId: number,
  from: Progress,
  to: Progress,
  { change = {}, events = [] }: { change?: JobChange; events?: JobEvent[] },
): Promise<void> {
  const { stage, status, percentage } = to
  const error = change.error === undefined ? to.error : change.error
  const told = [...events]
  if (stage !== from.stage || percentage !== from.percentage) {
    told.push({ type: 'progress', data: { status, stage, percentage, error } })
  }
  const isNews = told.length > 0 || status !== from.status || Object.keys(change).length > 0
  if (isNews) await recordEvents(tx, jobId, told, { ...change, stage, status, percentage })
}

function statusAt(stage: JobStage, current: JobStatus): JobStatus {
  if (stage === 'completed' || stage === 'audio_completed') return 'completed'
  if (isFinalStage(stage)) return 'failed'
  return stage === 'pending' ? current : 'processing'
}

function stagePercentage(stage: JobStage): number | undefined {
  return stage === 'failed' || stage === 'rejected' || stage === 'canceled' ? undefined : STAGE_PERCENTAGE[stage]
}

/** A scene by its id, and the job that it is of. */
export type SceneRef = Pick<Scene, 'id' | 'jobId'>
type SceneChange = Omit<Prisma.SceneUncheckedUpdateInput, 'id' | 'state' | 'jobId'>

/** Changes a scene's row, and with it the job's stage and percentage, which follow from all scenes together. */
export async function changeScene(
  db: Database,
  scene: SceneRef,
  state: SceneState,
  change: SceneChange = {},
): Promise<void> {
  await db.$transaction((tx) => changeSceneIn(tx, scene, state, change))
}

/**
 * The same together with other writes.
 * @param unless leaves the scene as it is where it is at a state that says so
 */
export async function changeSceneIn(
  tx: Tx,
  { id, jobId }: SceneRef,
  state: SceneState,
  change: SceneChange = {},
  unless: (current: SceneState) => boolean = () => false,
): Promise<void> {
  const { scenes, ...job } = await tx.job.findUniqueOrThrow({
    where: { id: jobId },
    select: { ...PROGRESS, scenes: { select: { id: true, state: true } } },
  })
  const before = scenes.find((scene) => scene.id === id)?.state as SceneState
  if (unless(before)) return
  const changed = await tx.scene.update({ where: { id }, data: { ...change, state } })
  if (before === state) return
  const states = scenes.map((scene) => (scene.id === id ? state : (scene.state as SceneState)))
  const next = progressTo(job, renderStage(states), renderPercentage(states))
  await moveJob(tx, jobId, job, next, { events: [sceneEvent(changed)] })
}

/**
 * Shows that an attempt of a scene failed; a scene that is at a later one by now stays as it is.
 * @param attempt none for whichever the scene is at
 */
export async function failAttempt(
  db: Database,
  sceneId: string,
  attempt: number | undefined,
  error: string,
): Promise<void> {
  await db.$transaction(async (tx) => {
    const scene = await tx.scene.findUniqueOrThrow({ where: { id: sceneId } })
    if (attempt !== undefined && scene.attempt > attempt) return
    await changeSceneIn(tx, scene, 'failed', { error })
  })
}

/**
 * Shows a failed job as running again, with the scenes that are to be made; one that has not failed stays as it is. A
 * run that comes by a step that makes something, although the job has failed, was reset: it calls this with no scenes.
 */
export async function reopenJob(
  tx: Tx,
  { id, decision, storyboardVersion }: Pick<Job, 'id' | 'decision' | 'storyboardVersion'>,
  sceneIds: string[],
): Promise<void> {
  const isDecided = decision !== null && storyboardVersion > 0
  const { count } = await tx.job.updateMany({
    where: { id, status: 'failed', stage: 'failed' },
    data: {
      ...(isDecided ? { status: 'processing', stage: 'starting_render' } : { status: 'pending', stage: 'pending' }),
      percentage: isDecided ? STAGE_PERCENTAGE.starting_render : 0,
      error: null,
    },
  })
  if (count === 0) return
  const again = await tx.scene.findMany({ where: { id: { in: sceneIds } }, orderBy: { position: 'asc' } })
  for (const scene of again) {
    await tx.scene.update({ where: { id: scene.id }, data: { state: 'pending', error: null } })
    await recordSceneEvent(tx, { ...scene, state: 'pending', error: null })
  }
  const { status, stage, percentage } = await tx.job.findUniqueOrThrow({ where: { id } })
  await recordEvent(tx, id, 'progress', { status, stage, percentage, error: null })
}

/** Ends every scene that has not ended yet, as failed. */
export async function endScenes(tx: Tx, jobId: number, error: string): Promise<void> {
  const open = await tx.scene.findMany({
    where: { jobId, state: { in: ['pending', 'submitting', 'rendering', 'downloading'] } },
    orderBy: { position: 'asc' },
  })
  for (const scene of open) {
    await tx.scene.update({ where: { id: scene.id }, data: { state: 'failed', error } })
    await recordSceneEvent(tx, { ...scene, state: 'failed', error })
  }
}

/** A scene is made again by a new attempt. */
export async function beginSceneAttempt(
  db: Database,
  sceneId: string,
  { from, to }: { from: number; to: number },
): Promise<void> {
  await db.$transaction(async (tx) => {
    const { count } = await tx.scene.updateMany({ where: { id: sceneId, attempt: from }, data: { attempt: to } })
    if (count === 1) await recordSceneEvent(tx, await tx.scene.findUniqueOrThrow({ where: { id: sceneId } }))
  })
}

function recordSceneEvent(tx: Tx, scene: Scene): Promise<void> {
  return recordEvents(tx, scene.jobId, [sceneEvent(scene)])
}

function sceneEvent({ id, position, state, attempt, error }: Scene): JobEvent {
  return { type: 'scene', data: { scene_id: id, position, state, attempt, error } }
}
