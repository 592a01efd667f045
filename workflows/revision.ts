/** What more is made of a job that was decided: a failed one goes on, a finished film gets new scenes or new music. */
import { ApplicationFailure, isCancellation } from '@temporalio/workflow'
import { light, media } from './activities.ts'
import { type AskedRevision, FAILURES, type RevisionPlan } from './contract.ts'
import { reasonOf } from './failure.ts'
import { makeMusic } from './music.ts'
import { renderFilm, renderScenes, withVoices } from './render.ts'
import { enter, type Run } from './run.ts'

/**
 * @returns whether the job was decided; of one that nobody approved nothing is made
 * @throws ApplicationFailure when it came to nothing; the rows say so already
 */
export async function makeRevision(run: Run, wish: AskedRevision): Promise<{ decided: boolean }> {
  const { jobId } = run
  const plan = await light.planRevision({ jobId, revision: wish })
  const { decided, revision, music } = plan
  // A new run knows from nowhere else how far its job is.
  const stage = plan.stage && run.knows('stage-of-rows') ? plan.stage : null
  if (stage) enter(run, stage)
  if (!revision) {
    if (music) await makeMusic(run, music)
    return { decided }
  }
  const { number, kind } = revision
  try {
    if (kind === 'regenerate') {
      await replaceScenes(run, number, plan)
      return { decided }
    }
    if (kind === 'retry') await renderFilm(run, { ...scenesOf(plan), music }, number)
    else if (music) await makeMusic(run, music, { number })
    await light.endRevision({ jobId, number })
    return { decided }
  } catch (error) {
    if (isCancellation(error)) throw error
    const { reason } = await light.failRevision({ jobId, number, reason: reasonOf(error) })
    if (stage && kind !== 'retry') enter(run, stage)
    throw ApplicationFailure.nonRetryable(reason, FAILURES.jobFailed)
  }
}

const scenesOf = ({ scenes = [], maxParallelScenes = 1, transitions, voices }: RevisionPlan) => ({
  ...{ scenes, maxParallelScenes, transitions, voices },
})

/** A film with new scenes is made beside the old one, which is served until the new one takes its place in one step. */
async function replaceScenes(run: Run, revision: number, plan: RevisionPlan): Promise<void> {
  const { jobId, job } = run
  const { stage } = job
  await withVoices(run, plan, renderScenes(run, { ...scenesOf(plan), revision }))
  await media.stitchFilm({ jobId, revision })
  if (plan.music) await makeMusic(run, plan.music, { number: revision, replacesFilm: true })
  else await media.finishSoundtrack({ jobId, revision })
  await light.replaceFilm({ jobId, revision })
  enter(run, stage)
}
