/** One job: storyboard → approval → scenes → stitch → music → done. */
import { ApplicationFailure, CancellationScope, condition, isCancellation, setHandler } from '@temporalio/workflow'
import { renderStage } from '../domain/job.ts'
import { light, media, writing } from './activities.ts'
import {
  approve,
  FAILURES,
  type PlannedScene,
  predictionChanged,
  type RenderPlan,
  type Revision,
  reject,
  revise,
  type SignaledDecision,
  state,
  type VideoJobInput,
  type VideoJobState,
} from './contract.ts'
import { reasonOf } from './failure.ts'
import { makeMusic } from './music.ts'
import { createPredictionWaiter, type PredictionWaiter } from './predictions.ts'
import { renderScene } from './scene.ts'

export async function videoJob({ jobId }: VideoJobInput): Promise<VideoJobState> {
  const job: VideoJobState = { stage: 'pending', decision: null, scenes: {}, musicSegments: 0, error: null }
  const predictions = createPredictionWaiter()
  const revisions: Revision[] = []
  let hasStoryboard = false
  let signaled: SignaledDecision | undefined

  setHandler(state, () => job)
  setHandler(revise, (revision) => void revisions.push(revision))
  setHandler(predictionChanged, (predictionId) => predictions.hint(predictionId))
  // Signals that came before this first task are handed over in the order of these lines, not of their arrival: where
  // both came, the rejection wins, because it costs nothing.
  setHandler(reject, (message) => {
    signaled ??= { ...readRejection(message), ...(!hasStoryboard && { early: true }) }
  })
  setHandler(approve, (message) => {
    signaled ??= { ...readApproval(message), ...(!hasStoryboard && { early: true }) }
  })

  try {
    await writing.writeStoryboard({ jobId })
    hasStoryboard = true
    let decided = false
    while (!decided) {
      await condition(() => signaled !== undefined || revisions.length > 0)
      if (!signaled) {
        decided = await makeRevision(job, jobId, revisions.shift() as Revision, predictions)
        continue
      }
      const decision: SignaledDecision = signaled
      signaled = undefined
      const recorded = await light.recordDecision({ jobId, ...decision })
      if (recorded.decision === 'undecided') continue
      decided = true
      if (recorded.decision !== 'approved') {
        job.stage = recorded.decision
        job.decision = recorded.decision === 'rejected' ? 'rejected' : null
        return job
      }
      job.decision = 'approved'
      await renderFilm(job, jobId, recorded.plan, predictions)
    }
    for (let revision = revisions.shift(); revision; revision = revisions.shift()) {
      await makeRevision(job, jobId, revision, predictions)
    }
    return job
  } catch (error) {
    // What follows must happen although the workflow is canceled: cancel at the provider, tell people why.
    await CancellationScope.nonCancellable(async () => {
      job.stage = isCancellation(error) ? 'canceled' : 'failed'
      job.error = isCancellation(error) ? 'Canceled.' : reasonOf(error)
      if (isCancellation(error)) await light.cancelJob({ jobId })
      else await light.failJob({ jobId, reason: job.error })
    })
    throw error
  }
}

/** @returns whether the job was decided; one that nobody approved has nothing to revise */
async function makeRevision(job: VideoJobState, jobId: number, revision: Revision, predictions: PredictionWaiter) {
  const plan = await light.planRevision({ jobId, revision })
  if (plan.music) await makeMusic(jobId, plan.music, predictions, () => job.musicSegments++)
  return plan.decided
}

async function renderFilm(job: VideoJobState, jobId: number, plan: RenderPlan, predictions: PredictionWaiter) {
  await renderScenes(job, jobId, plan, predictions)
  job.stage = 'stitching'
  await media.stitchFilm({ jobId })
  if (plan.music) {
    job.stage = 'audio_generation'
    await makeMusic(jobId, plan.music, predictions, () => job.musicSegments++)
  }
  const { stage } = await light.completeJob({ jobId })
  job.stage = stage
}

/** All scenes in parallel. One that fails does not stop its siblings: what was paid for is rendered and stays. */
async function renderScenes(job: VideoJobState, jobId: number, plan: RenderPlan, predictions: PredictionWaiter) {
  const waiting = [...plan.scenes]
  let failed = 0
  let canceled: unknown
  for (const scene of plan.scenes) job.scenes[scene.id] = 'pending'

  const renderOne = async (scene: PlannedScene) => {
    try {
      await renderScene(jobId, scene, predictions, (sceneState) => {
        job.scenes[scene.id] = sceneState
        job.stage = renderStage(Object.values(job.scenes))
      })
    } catch (error) {
      if (isCancellation(error)) {
        canceled = error
        return
      }
      failed++
      job.scenes[scene.id] = 'failed'
      await light.failScene({ jobId, sceneId: scene.id, reason: reasonOf(error) })
    }
  }
  const renderNext = async () => {
    for (let scene = waiting.shift(); scene && !canceled; scene = waiting.shift()) await renderOne(scene)
  }
  await Promise.all(Array.from({ length: Math.min(plan.maxParallelScenes, plan.scenes.length) }, renderNext))

  if (canceled) throw canceled
  if (failed > 0) {
    throw ApplicationFailure.nonRetryable(`${failed} of ${plan.scenes.length} scenes failed.`, FAILURES.jobFailed)
  }
}

/** A signal comes from anywhere, the command line too: nothing, a name, an object, or something else altogether. */
function readApproval(message: unknown): SignaledDecision {
  const { by, note } = typeof message === 'string' ? { by: message, note: null } : fieldsOf(message)
  return { decision: 'approved', by: textOrNull(by), note: textOrNull(note) }
}

function readRejection(message: unknown): SignaledDecision {
  const { by, reason } = typeof message === 'string' ? { by: null, reason: message } : fieldsOf(message)
  return { decision: 'rejected', by: textOrNull(by), note: textOrNull(reason) }
}

function fieldsOf(message: unknown): Record<string, unknown> {
  return typeof message === 'object' && message !== null ? (message as Record<string, unknown>) : {}
}

function textOrNull(value: unknown): string | null {
  return value === undefined || value === null ? null : typeof value === 'string' ? value : JSON.stringify(value)
}
