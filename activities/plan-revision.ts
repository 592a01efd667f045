/** What a revision of a decided job will do, from what the rows say is wanted and done. */
import { isDeepStrictEqual } from 'node:util'
import { Context } from '@temporalio/activity'
import type { BudgetLimits } from '../domain/budget.ts'
import type { JobStage } from '../domain/job.ts'
import { canGoOn, sceneSubject } from '../domain/prediction.ts'
import { plannedScene, planTransitions } from '../domain/render-plan.ts'
import { isRevisionOpen, type RevisionKind } from '../domain/revision.ts'
import { JobSettings, type MusicSettings, settingsOf, variantsOf } from '../domain/settings.ts'
import type { Database } from '../prisma/client.ts'
import { readBoughtAlready } from '../prisma/queries/bought-already.ts'
import { BY_SIGNAL, OverBudget, recordOverBudget } from '../prisma/queries/budgets.ts'
import { getJob, type JobWithScenes, type Prediction, type Scene } from '../prisma/queries/jobs.ts'
import { newestAttempt } from '../prisma/queries/ledger.ts'
import { reopenJob } from '../prisma/queries/progress.ts'
import {
  beginRevision,
  findRevision,
  findSignaledRevision,
  queueMusic,
  queueRegeneration,
  queueRetry,
  type RevisionWithScenes,
  refuseRevision,
  type SceneRevision,
  type Spending,
  whyUnresolved,
} from '../prisma/queries/revisions.ts'
import {
  isChosenSince,
  type RevisedScene,
  regenerationOf,
  sceneRevisionBefore,
} from '../prisma/queries/scene-revisions.ts'
import { isTaken, takeOfRevision } from '../prisma/queries/takes.ts'
import { musicMicroUsd, regenerationMicroUsd, retryMicroUsd, sceneEstimateMicroUsd } from '../providers/estimate.ts'
import { filmProfile } from '../providers/film-profile.ts'
import type { AskedRevision, RevisionPlan } from '../workflows/contract.ts'
import type { ActivityDeps } from './deps.ts'
import { musicPlan, musicToMake } from './plan-revision-music.ts'
import { revisedVoicePlan } from './plan-voices.ts'

export const planRevision =
  (deps: ActivityDeps) =>
  async ({ jobId, revision: wish }: { jobId: number; revision: AskedRevision }): Promise<RevisionPlan> => {
    const { db } = deps
    const number = wish.number ?? (await numberOfSignal(deps, jobId, wish))
    const revision = number === null ? null : await findRevision(db, jobId, number)
    const job = await getJob(db, jobId)
    const stage = job.stage as JobStage
    // An approval that is in the row, and still to be sent, is waited for.
    const decided = stage !== 'pending'
    // It may have been told twice, or its run been reset.
    if (!revision || !isRevisionOpen(revision.state)) return { decided, stage, music: null }
    const { kind } = revision
    const isIdle = !decided || job.decision !== 'approved' || !suits(kind, job)
    const unresolved = isIdle ? null : await whyNotYet(db, job, revision)
    if (isIdle || unresolved) {
      await refuseRevision(db, revision, unresolved ?? whyIdle(job))
      return { decided, stage, music: null }
    }
    const begun = await begin(db, job, revision)
    const settings = settingsOf(job, kind)
    const rendered = begun.scenes.filter(({ takeId }) => takeId === null)
    const scenes = rendered.map(({ sceneId, firstAttempt, variants }) =>
      plannedScene(sceneId, firstAttempt ?? 1, variants),
    )
    return {
      decided,
      stage: (await getJob(db, jobId)).stage as JobStage,
      revision: { number: revision.number, kind: kindOfWork(kind as RevisionKind) },
      ...planTransitions(job.scenes, filmProfile(settings).fps, scenes),
      ...(await revisedVoicePlan(db, job, begun)),
      maxParallelScenes: settings.maxParallelScenes,
      music: await musicPlan(db, job, begun),
    }
  }

/** To the workflow a choice is a regeneration that has nothing to render, and finalizing one of all scenes. */
const kindOfWork = (kind: RevisionKind): RevisionKind =>
  kind === 'choose' || kind === 'finalize' ? 'regenerate' : kind

/** A retry of a job that runs was queued meanwhile: it ran into its failure by now, or needs none any more. */
function suits(kind: string, { status, stage }: JobWithScenes): boolean {
  if (kind !== 'retry') return status === 'completed'
  return status === 'processing' || stage === 'failed'
}

/** What was asked for may have been bought by the revision before this one, whose outcome was not known when this was queued. */
async function whyNotYet(db: Database, job: JobWithScenes, revision: RevisionWithScenes): Promise<string | null> {
  const { state, kind, predictionId, scenes, music, musicSettings } = revision
  // A retry was asked for when its job had ended; what an operator decided about is gone on with, and nothing else.
  if (state !== 'queued' || kind === 'retry' || kind === 'choose' || predictionId !== null) return null
  const wanted = (musicSettings as MusicSettings | null) ?? JobSettings.parse(job.settings).music
  return whyUnresolved(db, job, { sceneIds: scenes.map(({ sceneId }) => sceneId), music: music ? wanted : null })
}

/** Null where everything that was asked for is done by this. */
function whyIdle({ stage, status, error }: JobWithScenes): string | null {
  // A retried storyboard is written by now, and waits for approval.
  if (stage === 'pending') return null
  return status === 'completed' ? null : `Nothing was made: the job has ended as ${status}${error ? `. ${error}` : ''}`
}

/** Writes down what a signal from Temporal's UI or CLI asks for, once. @returns null when it asks for what can't be done */
async function numberOfSignal(
  { db, config, log }: ActivityDeps,
  jobId: number,
  wish: AskedRevision,
): Promise<number | null> {
  const { workflowExecution, activityId } = Context.current().info
  const signaledAs = wish.signal ?? `${workflowExecution?.runId}:${activityId}`
  const known = await findSignaledRevision(db, signaledAs)
  if (known) return known.number
  const by = 'a Temporal signal'
  const wanted = { by, signaledAs, limits: config.budgets }
  const queued = await queueSignaled(db, await getJob(db, jobId), wish, wanted).catch((error: unknown) => {
    if (!(error instanceof OverBudget)) throw error
    return recordOverBudget(db, jobId, by, error).then((reason) => ({ outcome: 'refused' as const, reason }))
  })
  if (queued.outcome === 'queued') return queued.revision.number
  if (queued.outcome === 'with the film') return null
  const reason = queued.outcome === 'refused' ? queued.reason : 'It names scenes that the job does not have'
  log.warn({ jobId, reason }, 'a revision that was signaled can not be made')
  return null
}

interface Signaled {
  by: string
  signaledAs: string
  limits: BudgetLimits
}

/** @throws OverBudget */
function queueSignaled(
  db: Database,
  job: JobWithScenes,
  { scenes: sceneIds = [], music = false }: AskedRevision,
  { limits, ...asker }: Signaled,
) {
  const priced = (price: Spending['price']) => ({ ...asker, spending: { ...BY_SIGNAL, limits, price } })
  if (sceneIds.length > 0) {
    const price: Spending['price'] = async (tx, row) =>
      regenerationMicroUsd(row, await readBoughtAlready(tx, row), { sceneIds, music })
    return queueRegeneration(db, job.id, sceneIds, { changes: {}, music }, priced(price))
  }
  if (!music) {
    const price: Spending['price'] = async (tx, row) => retryMicroUsd(row, await readBoughtAlready(tx, row)) ?? 0
    return queueRetry(db, job.id, priced(price))
  }
  const settings = JobSettings.parse(job.settings)
  const wanted = { ...settings, music: { ...settings.music, auto: true } }
  const estimate = (scene: Scene) => sceneEstimateMicroUsd(wanted, scene)
  const price = () => musicMicroUsd(wanted, job.scenes.length)
  return queueMusic(db, job, wanted, { ...priced(price), startedAt: new Date(), estimate })
}

async function begin(db: Database, job: JobWithScenes, revision: RevisionWithScenes): Promise<RevisionWithScenes> {
  if (revision.state === 'running') {
    await showRunning(db, job, revision)
    return revision
  }
  const attempts = new Map<string, number>()
  const rendered = revision.scenes.filter(({ takeId }) => takeId === null)
  for (const scene of rendered) attempts.set(scene.sceneId, await attemptToMake(db, job, revision, scene))
  if (revision.kind === 'retry') {
    await db.$transaction((tx) => reopenJob(tx, job, [...attempts.keys()]))
  }
  return beginRevision(db, revision, { attempts, ...(await musicToMake(db, job, revision)) })
}

/** After a reset the failure before a retry is told once more: the retry, which goes on, shows the job as running again. */
async function showRunning(db: Database, job: JobWithScenes, { kind, scenes }: RevisionWithScenes): Promise<void> {
  if (kind !== 'retry') return
  const revised = new Set(scenes.map(({ sceneId }) => sceneId))
  const open = job.scenes.filter(({ id, state }) => revised.has(id) && state !== 'completed')
  await db.$transaction((tx) =>
    reopenJob(
      tx,
      job,
      open.map(({ id }) => id),
    ),
  )
}

/** The newest attempt where it costs nothing more and is what is wanted, else another one. */
async function attemptToMake(
  db: Database,
  job: JobWithScenes,
  revision: RevisionWithScenes,
  scene: SceneRevision,
): Promise<number> {
  const { sceneId, changes } = scene
  const newest = await newestAttempt(db, job.id, sceneSubject(sceneId))
  if (!newest) return 1
  const next = newest.attempt + 1
  if (revision.predictionId !== null) return (await attemptToGoOnWith(db, revision, sceneId, newest)) ?? next
  const before = await sceneRevisionBefore(db, sceneId, revision.number)
  const isMereRetry = revision.kind === 'retry' && Object.keys(changes as object).length === 0
  const isWanted = isMereRetry || (await isAskedAgain(db, { job, revision, scene, newest, before }))
  if (!isWanted) return next
  if (scene.variants > 1) return (await firstOfVariants(db, job, scene, before)) ?? next
  return (await isFree(db, newest)) ? newest.attempt : next
}

const isFree = async (db: Database, prediction: Prediction) => canGoOn(prediction) || (await isTaken(db, prediction.id))

/**
 * Of a scene whose purchase an operator decided about that one, whichever variants are newer; of another one what was made
 * of it by the same wish. Null where that has to be paid for. What a scene had before the wish is none of it: where nothing
 * could be bought it is all that there is, and a draft has no place in a film in full quality.
 */
async function attemptToGoOnWith(
  db: Database,
  { kind, predictionId }: RevisionWithScenes,
  sceneId: string,
  newest: Prediction,
): Promise<number | null> {
  const resolved = predictionId && (await db.prediction.findUnique({ where: { id: predictionId } }))
  if (resolved && resolved.sceneId === sceneId) return (await isFree(db, resolved)) ? resolved.attempt : null
  const wish = await regenerationOf(db, sceneId, newest.attempt)
  if (wish?.revision.kind !== kind || (await isChosenSince(db, wish))) return null
  const take = await takeOfRevision(db, sceneId, { firstAttempt: wish.firstAttempt ?? 1, variants: 1 })
  if (take) return take.attempt
  return (await isFree(db, newest)) ? newest.attempt : null
}

/**
 * The first of the variants that were bought of a scene last, where any of them costs nothing more: those that are there, run
 * or can be fetched are gone on with. Null where there is none of them, or they were another number.
 */
async function firstOfVariants(
  db: Database,
  { id: jobId, scenes, settings }: JobWithScenes,
  { sceneId, variants }: SceneRevision,
  before: RevisedScene | null,
): Promise<number | null> {
  const first = before?.firstAttempt ?? 1
  const scene = scenes.find(({ id }) => id === sceneId)
  if ((before?.variants ?? variantsOf(JobSettings.parse(settings), scene ?? {})) !== variants) return null
  const bought = await db.prediction.findMany({ where: { jobId, sceneId, attempt: { gte: first } } })
  for (const prediction of bought) {
    if (await isFree(db, prediction)) return first
  }
  return null
}

/**
 * Whether a scene is asked for just as it was by the revision before, which failed: that wish is to be fulfilled, with
 * what was bought for it and nobody was shown. After one that was fulfilled the same words ask for another rendering, and
 * where another take was chosen since it is that one's words that are asked for.
 */
async function isAskedAgain(db: Database, { job, revision, scene, newest, before }: AskedScene): Promise<boolean> {
  if (before?.revision.state !== 'failed' || newest.attempt < (before.firstAttempt ?? 0)) return false
  // A draft is no film in full quality, nor the other way round.
  if (before.revision.kind !== revision.kind || before.variants !== scene.variants) return false
  const isShown = job.scenes.some(({ clipPredictionId }) => clipPredictionId === newest.id)
  return !isShown && isDeepStrictEqual(before.changes, scene.changes) && !(await isChosenSince(db, before))
}

interface AskedScene {
  job: JobWithScenes
  revision: RevisionWithScenes
  scene: SceneRevision
  newest: Prediction
  before: RevisedScene | null
}
