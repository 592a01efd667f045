/** Scenes in parallel, and the film that is made of them. */
import { ApplicationFailure, isCancellation } from '@temporalio/workflow'
import { renderStage, type SceneState } from '../domain/job.ts'
import { light, media, rows } from './activities.ts'
import { FAILURES, type PlannedScene, type RenderPlan } from './contract.ts'
import { reasonOf } from './failure.ts'
import { makeMusic } from './music.ts'
import { PurchaseFailed } from './purchase.ts'
import { enter, type Run } from './run.ts'
import { renderScene } from './scene.ts'
import { renderEarly } from './transitions.ts'
import { renderVariants } from './variants.ts'
import { speakVoices } from './voices.ts'

/**
 * @param asked the number of the retry that goes on with it; none for the first time
 * @throws ApplicationFailure when a scene failed, ActivityFailure when a later step did
 */
export async function renderFilm(run: Run, plan: RenderPlan, asked?: number): Promise<void> {
  const { jobId } = run
  await withVoices(run, plan, renderScenes(run, plan))
  enter(run, 'stitching')
  const completed = await media.stitchFilm({ jobId, isLast: !plan.music })
  if (plan.music) {
    enter(run, 'audio_generation')
    await makeMusic(run, plan.music, { number: asked })
  }
  const { stage } = completed ?? (await (run.knows('completion-in-task') ? rows : light).completeJob({ jobId }))
  enter(run, stage)
}

/** Voices are bought beside the scenes. Both come to their end, because nobody would wait for what the other has bought. */
export async function withVoices(
  run: Run,
  { voices }: Pick<RenderPlan, 'voices'>,
  scenes: Promise<void>,
): Promise<void> {
  if (!voices) return scenes
  const ended = await Promise.allSettled([scenes, speakVoices(run, voices)])
  for (const one of ended) if (one.status === 'rejected') throw one.reason
}

/**
 * All scenes in parallel, and the transitions between those that are there. One that fails does not stop its siblings: what was paid for is rendered and stays.
 * @param plan with the number of the revision that they are rendered for, where the film is finished already
 */
export async function renderScenes(run: Run, plan: Omit<RenderPlan, 'music'> & { revision?: number }): Promise<void> {
  const { jobId, job, predictions } = run
  const waiting = [...plan.scenes]
  const transitions = renderEarly(jobId, plan)
  let failed = 0
  let canceled: unknown
  let unrecorded: unknown
  for (const scene of plan.scenes) job.scenes[scene.id] = 'pending'

  const renderOne = async (scene: PlannedScene) => {
    try {
      const entered = (sceneState: SceneState) => {
        job.scenes[scene.id] = sceneState
        enter(run, renderStage(Object.values(job.scenes)))
      }
      const { variants } = scene
      if (variants)
        await renderVariants(jobId, { ...scene, variants }, predictions, { entered, revision: plan.revision })
      else await renderScene(jobId, scene, predictions, entered)
      transitions.stored(scene)
    } catch (error) {
      if (isCancellation(error)) throw error
      failed++
      job.scenes[scene.id] = 'failed'
      const { attempt } = error instanceof PurchaseFailed ? error.purchase : scene
      const reason = reasonOf(error)
      await light.failScene({ jobId, sceneId: scene.id, attempt, revision: plan.revision, reason })
    }
  }
  const renderNext = async () => {
    for (let scene = waiting.shift(); scene && !canceled; scene = waiting.shift()) {
      try {
        await renderOne(scene)
      } catch (error) {
        if (isCancellation(error)) canceled = error
        else if (run.knows('siblings-end-first')) unrecorded = error
        else throw error
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(plan.maxParallelScenes, plan.scenes.length) }, renderNext))
  await transitions.settled()

  if (canceled) throw canceled
  // Only now: nobody would wait for what the siblings have bought once this run has ended.
  if (unrecorded) throw unrecorded
  if (failed > 0) {
    throw ApplicationFailure.nonRetryable(`${failed} of ${plan.scenes.length} scenes failed.`, FAILURES.jobFailed)
  }
}
