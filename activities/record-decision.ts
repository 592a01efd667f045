/** Takes a decision that a signal brought into the row, and follows whatever the row then says. */
import { plannedScene, planRender } from '../domain/render-plan.ts'
import { JobSettings, variantsOf } from '../domain/settings.ts'
import type { Database } from '../prisma/client.ts'
import { BY_SIGNAL, OverBudget, recordOverBudget } from '../prisma/queries/budgets.ts'
import { approveJob, type Decider, rejectJob } from '../prisma/queries/decisions.ts'
import { type JobWithScenes, readJob, type Scene } from '../prisma/queries/jobs.ts'
import { advanceUnended } from '../prisma/queries/progress.ts'
import { revisionOfAttempt } from '../prisma/queries/scene-revisions.ts'
import { inTransaction } from '../prisma/statements.ts'
import { filmProfile } from '../providers/film-profile.ts'
import type { PlannedScene, RecordedDecision, RenderPlan, SignaledDecision } from '../workflows/contract.ts'
import { askAhead } from './deliver-picture.ts'
import type { ActivityDeps } from './deps.ts'
import { tellSubscribers } from './tell-subscribers.ts'

export const recordDecision =
  (deps: ActivityDeps) =>
  async ({
    jobId,
    decision,
    by,
    note,
    early,
  }: Omit<SignaledDecision, 'plan'> & { jobId: number }): Promise<RecordedDecision> => {
    const before = await readJob(deps.db, jobId)
    // The API wrote the row before it signaled. Nobody can have seen what an early approval would spend money on; a
    // rejection costs nothing.
    const isOpen = before.decision === null && (!early || decision === 'rejected')
    const decider = { by: by ?? 'a Temporal signal', note }
    const refused = isOpen ? await decide(deps, jobId, decision, decider) : null
    if (refused) return { decision: 'undecided', reason: refused }
    const job = isOpen ? await readJob(deps.db, jobId) : before
    // What an approval owes nobody.
    if (job.decision !== 'approved' || job.canceledAt) await tellSubscribers(deps, jobId)
    if (job.canceledAt) return { decision: 'canceled' }
    if (job.decision === 'rejected') return { decision: 'rejected' }
    if (job.decision !== 'approved') {
      deps.log.warn({ jobId, decision, by }, 'a decision came before the storyboard was written and counts for nothing')
      return { decision: 'undecided' }
    }
    void askAhead(deps, job.scenes[0]?.firstAssetId ?? null)
    await inTransaction(deps.db, jobId, (tx) => advanceUnended(tx, jobId, 'starting_render'))
    return { decision: 'approved', plan: await planOf(deps.db, job) }
  }

/** @returns why it was not approved, where a budget has too little left: to go over it takes the API, which knows who asks */
async function decide(
  { db, config, log }: ActivityDeps,
  jobId: number,
  decision: SignaledDecision['decision'],
  decider: Decider,
): Promise<string | null> {
  if (decision === 'rejected') {
    await rejectJob(db, jobId, decider)
    return null
  }
  try {
    await approveJob(db, jobId, decider, { spender: { ...BY_SIGNAL, limits: config.budgets, by: decider.by } })
    return null
  } catch (error) {
    if (!(error instanceof OverBudget)) throw error
    log.warn({ jobId, by: decider.by, exceeded: error.exceeded }, 'not approved, for a budget has too little left')
    return recordOverBudget(db, jobId, decider.by, error)
  }
}

async function planOf(db: Database, job: JobWithScenes): Promise<RenderPlan> {
  const settings = JobSettings.parse(job.settings)
  const scenes = await Promise.all(job.scenes.map((scene) => planned(db, scene, variantsOf(settings, scene))))
  return planRender(settings, job.scenes, filmProfile(settings).fps, scenes)
}

/**
 * Of several variants a scene shows one: after a reset the plan begins with the first of them again, so that it comes by
 * those that were bought, and buys none beside them.
 */
async function planned(db: Database, { id, attempt }: Scene, asked: number): Promise<PlannedScene> {
  if (asked === 1) return { id, attempt }
  const revised = await revisionOfAttempt(db, id, attempt)
  return plannedScene(id, revised?.firstAttempt ?? 1, revised?.variants ?? asked)
}
