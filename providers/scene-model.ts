/** Which model a scene is bought from, and what that costs. */
import { type JobSettings, variantsOf } from '../domain/settings.ts'
import { DRAFT_MODEL, resolveVideoModel, scenePriceMicroUsd, type VideoModel } from './models.ts'

/** What a scene says of its rendering. Seconds. */
export interface RenderedScene {
  duration: number
  /** A key of models.ts; null for the job's. */
  model?: string | null
  /** Null for what the job's settings say. */
  variants?: number | null
}

/** The model that renders a scene in full quality: its own, else the job's. */
export const sceneModel = (
  { videoModel }: Pick<JobSettings, 'videoModel'>,
  { model }: Pick<RenderedScene, 'model'>,
): VideoModel => resolveVideoModel(model ?? videoModel)

/** The one that is bought: one and the same for all drafts. */
export const boughtModel = (
  settings: Pick<JobSettings, 'videoModel' | 'quality'>,
  scene: Pick<RenderedScene, 'model'>,
): VideoModel => (settings.quality === 'draft' ? DRAFT_MODEL : sceneModel(settings, scene))

/** What one clip of a scene costs, in micro-USD. */
export function clipPriceMicroUsd(
  settings: Pick<JobSettings, 'videoModel' | 'quality'>,
  scene: Pick<RenderedScene, 'model' | 'duration'>,
): number {
  return scenePriceMicroUsd(boughtModel(settings, scene), scene.duration)
}

/** What rendering a scene for the first time costs, in micro-USD: every variant of it. */
export function clipsMicroUsd(
  settings: Pick<JobSettings, 'videoModel' | 'quality' | 'variants'>,
  scene: RenderedScene,
): number {
  return variantsOf(settings, scene) * clipPriceMicroUsd(settings, scene)
}

/** What rendering a scene once in full quality costs, in micro-USD. */
export function finalMicroUsd({ videoModel }: Pick<JobSettings, 'videoModel'>, scene: RenderedScene): number {
  return clipPriceMicroUsd({ videoModel, quality: 'final' }, scene)
}
