/** What is bought for a scene: its clip, from the first picture to the last, as the storyboard says. */
import { settingsOf } from '../domain/settings.ts'
import { scenePrompt } from '../domain/storyboard.ts'
import type { JobWithScenes, Scene } from '../prisma/queries/jobs.ts'
import type { PurchaseDraft } from '../prisma/queries/ledger.ts'
import type { SceneChanges } from '../prisma/queries/revisions.ts'
import type { RevisedScene } from '../prisma/queries/scene-revisions.ts'
import { renderedAspect, snapDuration, videoPriceMicroUsd } from '../providers/models.ts'
import { seedFromToken } from '../providers/purchase-token.ts'
import { boughtModel, sceneModel } from '../providers/scene-model.ts'
import { deliverPicture } from './deliver-picture.ts'
import type { ActivityDeps } from './deps.ts'
import { sceneById } from './scene-of.ts'
import type { PlannedPurchase } from './submit-prediction.ts'

/** @param revised the revision that the attempt belongs to */
export function planScene(
  deps: ActivityDeps,
  job: JobWithScenes,
  { sceneId, attempt, variants = 1 }: { sceneId: string; attempt: number; variants?: number },
  revised: RevisedScene | null,
): PlannedPurchase {
  const scene = sceneOfAttempt(job, sceneId, revised)
  const settings = settingsOf(job, revised?.revision.kind)
  const model = boughtModel(settings, scene)
  // A draft, and a scene that is rendered again by another model, may be cut out of a longer clip.
  const seconds = snapDuration(model, scene.duration)
  return {
    sceneId,
    model: model.key,
    seconds,
    priceMicroUsd: videoPriceMicroUsd(model, seconds),
    ...reasonOf(attempt, variants, revised),
    async build(token) {
      // Nor does a draft show what the film will not.
      const hasLast =
        scene.lastAssetId && scene.lastAssetId !== scene.firstAssetId && sceneModel(settings, scene).lastFrame
      const [first, last] = await Promise.all([
        deliverPicture(deps, pictureOf(scene, scene.firstAssetId), token, scene.position),
        hasLast ? deliverPicture(deps, pictureOf(scene, scene.lastAssetId), token, scene.position) : null,
      ])
      const { model: name, input } = model.build({
        prompt: scenePrompt(scene, { hasLast: last !== null }),
        durationSeconds: seconds,
        aspectRatio: renderedAspect(settings.aspectRatio),
        firstFrameUrl: first.url,
        lastFrameUrl: last?.url ?? null,
        seed: seedFromToken(token),
      })
      return { model: name, input, marker: first.marker }
    },
  }
}

/** The scene as it is rendered in an attempt: with what its revision changes. */
export function sceneOfAttempt(job: JobWithScenes, sceneId: string, revised: RevisedScene | null): Scene {
  return { ...sceneById(job, sceneId), ...(revised?.changes as SceneChanges | undefined) }
}

const DECIDED: Record<string, string> = { retry: 'retried', regenerate: 'regenerated' }

/** Why an attempt is bought: which variant it is, whose decision that was, and after which attempt. */
function reasonOf(
  attempt: number,
  variants: number,
  revised: RevisedScene | null,
): Pick<PurchaseDraft, 'decided' | 'after'> {
  const place = attempt - (revised?.firstAttempt ?? 1)
  // What is bought again by a rule.
  if (place >= variants) return { decided: null, after: attempt - variants }
  const { kind = '', number, by } = revised?.revision ?? {}
  const who = by ?? 'someone unnamed'
  const decided =
    kind === 'finalize' ? `finalize: revision ${number} by ${who}` : `revision ${number}, ${DECIDED[kind]} by ${who}`
  const reasons = [place > 0 ? `variant ${place + 1} of ${variants}` : [], revised ? decided : []].flat()
  const isAfterNone = place > 0 || kind === 'finalize'
  return { decided: reasons.join('; ') || null, after: isAfterNone ? null : attempt - 1 }
}

function pictureOf(scene: Scene, assetId: string | null): string {
  if (!assetId) throw new Error(`Scene ${scene.position + 1} has no first picture.`)
  return assetId
}
