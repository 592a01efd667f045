/** Takes a decision that a signal brought into the row, and follows whatever the row then says. */
import { isMusicWanted, JobSettings, segmentsToBuy } from '../domain/settings.ts'
import { approveJob, rejectJob } from '../prisma/queries/decisions.ts'
import { type JobWithScenes, readJob } from '../prisma/queries/jobs.ts'
import { advanceUnended } from '../prisma/queries/progress.ts'
import { inTransaction } from '../prisma/statements.ts'
import { filmProfile } from '../providers/film-profile.ts'
import type { RecordedDecision, RenderPlan, SignaledDecision } from '../workflows/contract.ts'
import { askAhead } from './deliver-picture.ts'
import type { ActivityDeps } from './deps.ts'
import { planTransitions } from './film-transitions.ts'
import { voicePlan } from './plan-voices.ts'
import { tellSubscribers } from './tell-subscribers.ts'

export const recordDecision =
  (deps: ActivityDeps) =>
  async ({ jobId, decision, by, note, early }: SignaledDecision & { jobId: number }): Promise<RecordedDecision> => {
    const before = await readJob(deps.db, jobId)
    const decide = decision === 'approved' ? approveJob : rejectJob
    // The API wrote the row before it signaled. Nobody can have seen what an early approval would spend money on; a
    // rejection costs nothing.
    const isOpen = before.decision === null && (!early || decision === 'rejected')
    if (isOpen) await decide(deps.db, jobId, { by: by ?? 'a Temporal signal', note })
    const job = isOpen ? await readJob(deps.db, jobId) : before
    // What an approval owes nobody.
    if (job.decision !== 'approved' || job.canceledAt) await tellSubscribers(deps, jobId)
    if (job.canceledAt) return { decision: 'canceled' }
    if (job.decision === 'rejected') return { decision: 'rejected' }
    if (job.decision !== 'approved') {
      deps.log.warn({ jobId, decision, by }, 'a decision came before the storyboard was written and counts for nothing')
      return { decision: 'undecided' }
    }
    const [first] = job.scenes
    void askAhead(deps, [first?.firstAssetId ?? null, first?.lastAssetId ?? null])
    await inTransaction(deps.db, jobId, (tx) => advanceUnended(tx, jobId, 'starting_render'))
    return { decision: 'approved', plan: planOf(job) }
  }

function planOf(job: JobWithScenes): RenderPlan {
  const settings = JobSettings.parse(job.settings)
  const { music, maxParallelScenes } = settings
  const scenes = job.scenes.map(({ id, attempt }) => ({ id, attempt }))
  return {
    ...planTransitions(job.scenes, filmProfile(settings), scenes),
    ...voicePlan(job),
    maxParallelScenes,
    music: isMusicWanted(music)
      ? {
          segments: segmentsToBuy(music, job.scenes.length),
          soundtrack: 1,
          haltOnError: music.errorStrategy === 'halt',
          failOnError: music.failOnError,
        }
      : null,
  }
}
