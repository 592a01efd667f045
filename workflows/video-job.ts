/** One job: storyboard → approval → scenes → stitch → music → done, and then whatever more is wanted of it. */
import { CancellationScope, condition, isCancellation, setHandler, workflowInfo } from '@temporalio/workflow'
import { isFinalStage } from '../domain/job.ts'
import { light, rows, writing } from './activities.ts'
import { knownChanges } from './changes.ts'
import {
  type AskedRevision,
  approve,
  predictionChanged,
  type RecordedDecision,
  reject,
  revise,
  type SignaledDecision,
  state,
  type VideoJobInput,
  type VideoJobState,
} from './contract.ts'
import { reasonOf } from './failure.ts'
import { nobodyDecided, readApproval, readRejection, readRevision } from './messages.ts'
import { createPredictionWaiter } from './predictions.ts'
import { renderFilm } from './render.ts'
import { makeRevision } from './revision.ts'
import { enter, type Run } from './run.ts'

export async function videoJob({ jobId, isIndexed = false }: VideoJobInput): Promise<VideoJobState> {
  const knows = knownChanges()
  const job: VideoJobState = { stage: 'pending', decision: null, scenes: {}, musicSegments: 0, error: null }
  const run: Run = { jobId, job, predictions: createPredictionWaiter(), isIndexed, knows }
  const revisions: AskedRevision[] = []
  let signals = 0
  let hasStoryboard = false
  let signaled: SignaledDecision | undefined

  setHandler(state, () => job)
  setHandler(revise, (message) => {
    const signal = `${workflowInfo().firstExecutionRunId}:${++signals}`
    revisions.push({ ...readRevision(message), signal })
  })
  setHandler(predictionChanged, (predictionId) => run.predictions.hint(predictionId))
  // Signals that came before this first task are handed over in the order of these lines, not of their arrival: where
  // both came, the rejection wins, because it costs nothing.
  setHandler(reject, (message) => {
    signaled ??= { ...readRejection(message), ...(!hasStoryboard && { early: true }) }
  })
  setHandler(approve, (message) => {
    signaled ??= { ...readApproval(message), ...(!hasStoryboard && { early: true }) }
  })

  /**
   * Waits for the decision and does what it says, unless there was one before: then the first revision.
   * @param wish has the storyboard written again that failed, and is taken up with it
   */
  const makeFilm = async (wish?: AskedRevision): Promise<void> => {
    const written = await writing.writeStoryboard({ jobId })
    hasStoryboard = true
    if (wish && run.knows('wish-with-storyboard')) revisions.unshift(wish)
    if (written?.canceled && run.knows('canceled-before-storyboard')) return enter(run, 'canceled')
    // Nothing, in histories from before there was a timeout.
    const patience = written?.approvalTimeoutSeconds ?? null
    for (;;) {
      const isAsked = () => signaled !== undefined || revisions.length > 0
      if (patience === null) await condition(isAsked)
      else if (!(await condition(isAsked, patience * 1000))) signaled = nobodyDecided(patience)
      if (!signaled) {
        if ((await makeRevision(run, revisions.shift() as AskedRevision)).decided) return
        continue
      }
      const { plan, ...decision }: SignaledDecision = signaled
      signaled = undefined
      const recorded: RecordedDecision =
        plan && run.knows('plan-with-approval')
          ? { decision: 'approved', plan }
          : await (run.knows('decision-in-task') ? rows : light).recordDecision({ jobId, ...decision })
      if (recorded.decision === 'undecided') {
        job.error = recorded.reason ?? null
        continue
      }
      job.error = null
      if (recorded.decision === 'approved') {
        job.decision = 'approved'
        return renderFilm(run, recorded.plan)
      }
      enter(run, recorded.decision)
      job.decision = recorded.decision === 'rejected' ? 'rejected' : null
      return
    }
  }

  try {
    let failure = await failureOf(run, () => makeFilm())
    for (let revision = revisions.shift(); revision; revision = revisions.shift()) {
      const wish = revision
      failure = await failureOf(run, () => (hasStoryboard ? makeRevision(run, wish) : makeFilm(wish)))
    }
    // A failed run, so that operators find it; what it could not do is retried by another one.
    if (failure) throw failure
    return job
  } catch (error) {
    if (isCancellation(error)) {
      enter(run, 'canceled')
      job.error = 'Canceled.'
      // Although the workflow is canceled: at the provider too, and people are told.
      await CancellationScope.nonCancellable(() => light.cancelJob({ jobId }))
    }
    throw error
  }
}

/** Does a step; when that fails, says so in the rows. @returns why it failed; a cancellation is thrown */
async function failureOf(run: Run, step: () => Promise<unknown>): Promise<unknown> {
  const { jobId, job } = run
  try {
    await step()
    job.error = null
    return undefined
  } catch (error) {
    if (isCancellation(error)) throw error
    // A finished film stays what it is when a revision of it fails.
    if (!isFinalStage(job.stage)) enter(run, 'failed')
    job.error = reasonOf(error)
    const reason = job.error
    await CancellationScope.nonCancellable(() => light.failJob({ jobId, reason }))
    return error
  }
}
