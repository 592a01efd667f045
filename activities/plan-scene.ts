/** What is bought for a scene: its clip, from the first picture to the last, as the storyboard says. */
import { JobSettings } from '../domain/settings.ts'
import { scenePrompt } from '../domain/storyboard.ts'
import type { JobWithScenes, Scene } from '../prisma/queries/jobs.ts'
import type { SceneChanges } from '../prisma/queries/revisions.ts'
import type { RevisedScene } from '../prisma/queries/scene-revisions.ts'
import { renderedAspect, resolveVideoModel, videoPriceMicroUsd } from '../providers/models.ts'
import { seedFromToken } from '../providers/purchase-token.ts'
import { deliverPicture } from './deliver-picture.ts'
import type { ActivityDeps } from './deps.ts'
import { sceneById } from './scene-of.ts'
import type { PlannedPurchase } from './submit-prediction.ts'

/** @param revised the revision that the attempt belongs to */
export function planScene(
  deps: ActivityDeps,
  job: JobWithScenes,
  { sceneId, attempt }: { sceneId: string; attempt: number },
  revised: RevisedScene | null,
): PlannedPurchase {
  const scene = sceneOfAttempt(job, sceneId, attempt, revised)
  const settings = JobSettings.parse(job.settings)
  const model = resolveVideoModel(settings.videoModel)
  return {
    sceneId,
    model: model.key,
    seconds: scene.duration,
    priceMicroUsd: videoPriceMicroUsd(model, scene.duration),
    decided: scene.decided,
    async build(token) {
      const hasLast = scene.lastAssetId && scene.lastAssetId !== scene.firstAssetId
      const [first, last] = await Promise.all([
        deliverPicture(deps, pictureOf(scene, scene.firstAssetId), token, scene.position),
        hasLast ? deliverPicture(deps, pictureOf(scene, scene.lastAssetId), token, scene.position) : null,
      ])
      const { model: name, input } = model.build({
        prompt: scenePrompt(scene),
        durationSeconds: scene.duration,
        aspectRatio: renderedAspect(settings.aspectRatio),
        firstFrameUrl: first.url,
        lastFrameUrl: last?.url ?? null,
        seed: seedFromToken(token),
      })
      return { model: name, input, marker: first.marker }
    },
  }
}

/** The scene as it is rendered in an attempt: with what its revision changes, and whose decision that attempt was. */
export function sceneOfAttempt(
  job: JobWithScenes,
  sceneId: string,
  attempt: number,
  revised: RevisedScene | null,
): Scene & { decided: string | null } {
  const scene = sceneById(job, sceneId)
  if (!revised) return { ...scene, decided: null }
  const { kind, number, by } = revised.revision
  const decided = `revision ${number}, ${kind === 'retry' ? 'retried' : 'regenerated'} by ${by ?? 'someone unnamed'}`
  return {
    ...scene,
    ...(revised.changes as SceneChanges),
    decided: attempt === revised.firstAttempt ? decided : null,
  }
}

function pictureOf(scene: Scene, assetId: string | null): string {
  if (!assetId) throw new Error(`Scene ${scene.position + 1} has no first picture.`)
  return assetId
}
