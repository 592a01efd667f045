/** What is bought for a scene: its clip, from the first picture to the last, as the storyboard says. */
import { JobSettings } from '../domain/settings.ts'
import { scenePrompt } from '../domain/storyboard.ts'
import type { JobWithScenes, Scene } from '../prisma/queries/jobs.ts'
import { resolveVideoModel, videoPriceMicroUsd } from '../providers/models.ts'
import { seedFromToken } from '../providers/purchase-token.ts'
import { deliverPicture } from './deliver-picture.ts'
import type { ActivityDeps } from './deps.ts'
import type { PlannedPurchase } from './submit-prediction.ts'

export function planScene(deps: ActivityDeps, job: JobWithScenes, { sceneId }: { sceneId: string }): PlannedPurchase {
  const scene = job.scenes.find(({ id }) => id === sceneId)
  if (!scene) throw new Error(`Job ${job.id} has no scene ${sceneId}.`)
  const settings = JobSettings.parse(job.settings)
  const model = resolveVideoModel(settings.videoModel)
  return {
    sceneId,
    model: model.key,
    seconds: scene.duration,
    priceMicroUsd: videoPriceMicroUsd(model, scene.duration),
    async build({ token }) {
      const first = await deliverPicture(deps, pictureOf(scene, scene.firstAssetId), token, scene.position)
      const last =
        scene.lastAssetId && scene.lastAssetId !== scene.firstAssetId
          ? await deliverPicture(deps, scene.lastAssetId, token, scene.position)
          : null
      const { model: name, input } = model.build({
        prompt: scenePrompt(scene),
        durationSeconds: scene.duration,
        aspectRatio: settings.aspectRatio,
        firstFrameUrl: first.url,
        lastFrameUrl: last?.url ?? null,
        seed: seedFromToken(token),
      })
      return { model: name, input, marker: first.marker }
    },
  }
}

function pictureOf(scene: Scene, assetId: string | null): string {
  if (!assetId) throw new Error(`Scene ${scene.position + 1} has no first picture.`)
  return assetId
}
