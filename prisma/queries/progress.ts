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
import type { Database, Prisma } from '../client.ts'
import type { Job, Scene } from '../generated/client.ts'
import { oweDelivery } from './deliveries.ts'

type Tx = Prisma.TransactionClient

/** Appends to the job's events; the counter in the job's row numbers them without gaps. */
export async function recordEvent(tx: Tx, jobId: number, type: string, data: Prisma.InputJsonObject): Promise<void> {
  const { eventSeq } = await tx.job.update({
    where: { id: jobId },
    data: { eventSeq: { increment: 1 } },
    select: { eventSeq: true },
  })
  await tx.jobEvent.create({ data: { jobId, seq: eventSeq, type, data } })
}

/** What may change along with the stage. */
export type JobChange = Omit<Prisma.JobUncheckedUpdateInput, 'id' | 'stage' | 'status' | 'percentage' | 'eventSeq'>

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
  const job = await tx.job.findUniqueOrThrow({
    where: { id: jobId },
    select: { stage: true, status: true, percentage: true },
  })
  const current = job.stage as JobStage
  if (isFinalStage(current)) return current
  const next = mayAdvance(current, stage) ? stage : current
  const status = statusAt(next, job.status as JobStatus)
  const shown = Math.max(job.percentage, percentage ?? stagePercentage(next) ?? job.percentage)
  const moved = next !== current || shown !== job.percentage
  const { error } = await tx.job.update({
    where: { id: jobId },
    data: { ...change, stage: next, status, percentage: shown },
  })
  if (moved) await recordEvent(tx, jobId, 'progress', { status, stage: next, percentage: shown, error })
  if (status === 'completed') await oweDelivery(tx, jobId, 'job.completed')
  if (status === 'failed') await oweDelivery(tx, jobId, 'job.failed')
  return next
}

function statusAt(stage: JobStage, current: JobStatus): JobStatus {
  if (stage === 'completed' || stage === 'audio_completed') return 'completed'
  if (isFinalStage(stage)) return 'failed'
  return stage === 'pending' ? current : 'processing'
}

function stagePercentage(stage: JobStage): number | undefined {
  return stage === 'failed' || stage === 'rejected' || stage === 'canceled' ? undefined : STAGE_PERCENTAGE[stage]
}

/** Changes a scene's row, and with it the job's stage and percentage, which follow from all scenes together. */
export async function changeScene(
  db: Database,
  sceneId: string,
  state: SceneState,
  change: SceneChange = {},
): Promise<void> {
  await db.$transaction((tx) => changeSceneIn(tx, sceneId, state, change))
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
    const scene = await tx.scene.findUniqueOrThrow({ where: { id: sceneId }, select: { attempt: true } })
    if (attempt !== undefined && scene.attempt > attempt) return
    await changeSceneIn(tx, sceneId, 'failed', { error })
  })
}

type SceneChange = Omit<Prisma.SceneUncheckedUpdateInput, 'id' | 'state' | 'jobId'>

/** The same together with other writes. */
export async function changeSceneIn(tx: Tx, sceneId: string, state: SceneState, change: SceneChange): Promise<void> {
  const before = await tx.scene.findUniqueOrThrow({ where: { id: sceneId }, select: { state: true } })
  const scene = await tx.scene.update({ where: { id: sceneId }, data: { ...change, state } })
  if (before.state === state) return
  await recordSceneEvent(tx, scene)
  const siblings = await tx.scene.findMany({ where: { jobId: scene.jobId }, select: { state: true } })
  const states = siblings.map((sibling) => sibling.state as SceneState)
  await advanceJob(tx, scene.jobId, renderStage(states), { percentage: renderPercentage(states) })
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

function recordSceneEvent(tx: Tx, { id, jobId, position, state, attempt, error }: Scene): Promise<void> {
  return recordEvent(tx, jobId, 'scene', { scene_id: id, position, state, attempt, error })
}
