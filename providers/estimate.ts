/** What a job will cost, from what will really be rendered. */
import { type JobSettings, segmentsToBuy } from '../domain/settings.ts'
import { resolveVideoModel, snapDuration, videoPriceMicroUsd } from './models.ts'
import { musicPriceMicroUsd } from './music-models.ts'

/** Micro-USD for these scenes, with their music when the job has any. */
export function estimateMicroUsd(
  { videoModel, music }: Pick<JobSettings, 'videoModel' | 'music'>,
  scenes: readonly { duration: number }[],
): number {
  const model = resolveVideoModel(videoModel)
  const perScene = segmentsToBuy(music, 1) * musicPriceMicroUsd()
  return scenes.reduce(
    (sum, { duration }) => sum + videoPriceMicroUsd(model, snapDuration(model, duration)) + perScene,
    0,
  )
}
