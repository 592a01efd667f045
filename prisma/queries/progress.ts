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
import { type Database, Prisma } from '../client.ts'
import type { Job, Scene } from '../generated/client.ts'
import { assignments, insertion, inTransaction, type Statements } from '../statements.ts'
import { oweDelivery } from './deliveries.ts'

type Tx = Prisma.TransactionClient
const { sql } = Prisma

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
  const { eventSeq: seq } = await tx.job.update({
    where: { id: jobId },
    data: { eventSeq: { increment: 1 } },
    select: { eventSeq: true },
  })
  await insertEvent(tx, { jobId, seq, type, data })
}

/** One whose number was drawn with another change of the job's row. */
export async function insertEvent(tx: Tx, event: JobEvent & { jobId: number; seq: number }): Promise<void> {
  await tx.jobEvent.create({ data: event, select: { seq: true } })
}

/** The same for several, and for what else changes in the job's row with them. */
export async function recordEvents(
  tx: Statements,
  jobId: number,
  events: JobEvent[],
  change: JobChange & Partial<Progress> = {},
): Promise<void> {
  const now = new Date()
  const changed = sql`${assignments({ ...change, updatedAt: now })}, "eventSeq" = "eventSeq" + ${events.length}`
  const [job] = await tx.$queryRaw<{ eventSeq: number | bigint }[]>(
    sql`UPDATE "Job" SET ${changed} WHERE "id" = ${jobId} RETURNING "eventSeq"`,
  )
  if (!job) throw new Error(`There is no job ${jobId}.`)
  let seq = Number(job.eventSeq) - events.length
  for (const { type, data } of events) {
    const row = { jobId, seq: ++seq, type, data: JSON.stringify(data), at: now }
    await tx.$executeRaw(sql`INSERT INTO "JobEvent" ${insertion(row)}`)
  }
}

type Progress = Pick<Job, 'stage' | 'status' | 'percentage' | 'error'>
const PROGRESS = Prisma.raw('"stage", "status", "percentage", "error"')

/** What may change along with the stage. */
export type JobChange = Partial<
  Omit<
    Job,
    'id' | 'stage' | 'status' | 'percentage' | 'eventSeq' | 'updatedAt' | 'parameters' | 'settings' | 'budgetOverride'
  >
>

/**
 * Brings a job to a stage, unless it is there or further already.
 * @returns the stage that the job is in afterwards
 */
export async function advanceJob(
  tx: Tx,
  jobId: number,
  stage: JobStage,
  change: JobChange & { percentage?: number } = {},
): Promise<JobStage> {
  const { status, stage: reached, isNews } = await advanceTo(tx, jobId, stage, change)
  if (isNews && status === 'completed') await oweDelivery(tx, jobId, 'job.completed')
  if (isNews && status === 'failed') await oweDelivery(tx, jobId, 'job.failed')
  return reached as JobStage
}

/** The same for a stage that ends nothing, so that nobody is owed a webhook. */
export async function advanceUnended(
  tx: Statements,
  jobId: number,
  stage: Exclude<JobStage, 'completed' | 'audio_completed' | 'failed' | 'rejected' | 'canceled'>,
  change: JobChange & { percentage?: number } = {},
): Promise<void> {
  await advanceTo(tx, jobId, stage, change)
}

/** @returns how far the job is afterwards, and whether it had not ended before */
async function advanceTo(
  tx: Statements,
  jobId: number,
  stage: JobStage,
  { percentage, ...change }: JobChange & { percentage?: number },
): Promise<Progress & { isNews: boolean }> {
  const job = await progressOf(tx, jobId)
  if (isFinalStage(job.stage)) return { ...job, isNews: false }
  const next = progressTo(job, stage, percentage)
  await moveJob(tx, jobId, job, next, { change })
  return { ...next, isNews: true }
}

async function progressOf(tx: Statements, jobId: number): Promise<Progress> {
  const [job] = await tx.$queryRaw<Progress[]>(sql`SELECT ${PROGRESS} FROM "Job" WHERE "id" = ${jobId}`)
  if (!job) throw new Error(`There is no job ${jobId}.`)
  return job
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
  tx: Statements,
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
type SceneChange = Partial<Omit<Scene, 'id' | 'jobId' | 'state' | 'overlays' | 'updatedAt'>>

/** Changes a scene's row, and with it the job's stage and percentage, which follow from all scenes together. */
export async function changeScene(
  db: Database,
  scene: SceneRef,
  state: SceneState,
  change: SceneChange = {},
): Promise<void> {
  await inTransaction(db, scene.jobId, (tx) => changeSceneIn(tx, scene, state, change))
}

/**
 * The same together with other writes.
 * @param unless leaves the scene as it is where it is at a state that says so
 */
export async function changeSceneIn(
  tx: Statements,
  { id, jobId }: SceneRef,
  state: SceneState,
  change: SceneChange = {},
  unless: (current: SceneState) => boolean = () => false,
): Promise<void> {
  const job = await progressOf(tx, jobId)
  const scenes = await tx.$queryRaw<ShownScene[]>(
    sql`SELECT "id", "position", "state", "attempt", "error" FROM "Scene" WHERE "jobId" = ${jobId}`,
  )
  const scene = scenes.find((one) => one.id === id)
  if (!scene) throw new Error(`There is no scene ${id} in job ${jobId}.`)
  if (unless(scene.state as SceneState)) return
  const changed = assignments({ ...change, state, updatedAt: new Date() })
  await tx.$executeRaw(sql`UPDATE "Scene" SET ${changed} WHERE "id" = ${id}`)
  if (scene.state === state) return
  const states = scenes.map((one) => (one.id === id ? state : (one.state as SceneState)))
  const next = progressTo(job, renderStage(states), renderPercentage(states))
  await moveJob(tx, jobId, job, next, { events: [sceneEvent({ ...scene, ...change, state })] })
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

/** Shows a failed job as running again, with the scenes that are to be made; one that has not failed stays as it is. */
export async function reopenJob(tx: Tx, job: Decided, sceneIds: string[]): Promise<void> {
  const { id } = job
  const { count } = await tx.job.updateMany({ where: { id, status: 'failed', stage: 'failed' }, data: reopened(job) })
  if (count === 0) return
  const again = await tx.scene.findMany({ where: { id: { in: sceneIds } }, orderBy: { position: 'asc' } })
  for (const scene of again) {
    await tx.scene.update({ where: { id: scene.id }, data: { state: 'pending', error: null } })
    await recordSceneEvent(tx, { ...scene, state: 'pending', error: null })
  }
  const { status, stage, percentage } = await tx.job.findUniqueOrThrow({ where: { id } })
  await recordEvent(tx, id, 'progress', { status, stage, percentage, error: null })
}

/** The same for no scenes: a run that comes by a step that makes something, although the job has failed, was reset. */
export async function reopenFailed(tx: Statements, job: Decided): Promise<void> {
  const now = await progressOf(tx, job.id)
  if (now.status !== 'failed' || now.stage !== 'failed') return
  const change = reopened(job)
  await recordEvents(tx, job.id, [{ type: 'progress', data: change }], change)
}

type Decided = Pick<Job, 'id' | 'decision' | 'storyboardVersion'>

function reopened({ decision, storyboardVersion }: Decided): Progress {
  return decision !== null && storyboardVersion > 0
    ? { status: 'processing', stage: 'starting_render', percentage: STAGE_PERCENTAGE.starting_render, error: null }
    : { status: 'pending', stage: 'pending', percentage: 0, error: null }
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
  const { type, data } = sceneEvent(scene)
  return recordEvent(tx, scene.jobId, type, data)
}

/** What people are told of a scene. */
type ShownScene = Pick<Scene, 'id' | 'position' | 'state' | 'attempt' | 'error'>

function sceneEvent({ id, position, state, attempt, error }: ShownScene): JobEvent {
  return { type: 'scene', data: { scene_id: id, position, state, attempt, error } }
}
