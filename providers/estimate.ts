/** What a job will cost, from what will really be rendered. */
import { type JobSettings, segmentsToBuy } from '../domain/settings.ts'
import { resolveVideoModel, scenePriceMicroUsd } from './models.ts'
import { musicPriceMicroUsd } from './music-models.ts'
import { voiceModel, voicePriceMicroUsd } from './voice-models.ts'

/** Micro-USD for these scenes, with their music when the job has any, and what is spoken over them. */
export function estimateMicroUsd(
  { videoModel, music, voice }: Pick<JobSettings, 'videoModel' | 'music' | 'voice'>,
  scenes: readonly { duration: number; voiceOver?: string | null }[],
): number {
  const model = resolveVideoModel(videoModel)
  const perScene = segmentsToBuy(music, 1) * musicPriceMicroUsd()
  const spoken = (text: string | null) => (text ? voicePriceMicroUsd(voiceModel(voice.model), text) : 0)
  return scenes.reduce(
    (sum, { duration, voiceOver = null }) => sum + scenePriceMicroUsd(model, duration) + perScene + spoken(voiceOver),
    0,
  )
}
