/** What is bought for a scene's voice-over: its text, spoken. */
import { JobSettings } from '../domain/settings.ts'
import type { JobWithScenes } from '../prisma/queries/jobs.ts'
import { seedFromToken } from '../providers/purchase-token.ts'
import { buildVoice, spokenSeconds, voiceModel, voicePriceMicroUsd } from '../providers/voice-models.ts'
import type { PlannedPurchase } from './submit-prediction.ts'

export function planVoice(job: JobWithScenes, { position }: { position: number }): PlannedPurchase {
  const text = job.scenes[position]?.voiceOver
  if (!text) throw new Error(`Job ${job.id} has no voice-over at ${position}.`)
  const { model, voice } = JobSettings.parse(job.settings).voice
  const speaker = voiceModel(model)
  return {
    sceneId: null,
    // Of none: what is asked of a soundtrack's purchases is not asked of this one.
    soundtrack: 0,
    model: speaker.model,
    seconds: spokenSeconds(text),
    priceMicroUsd: voicePriceMicroUsd(speaker, text),
    async build(token) {
      return { ...buildVoice(speaker, { text, voice, seed: seedFromToken(token) }), marker: token }
    },
  }
}
