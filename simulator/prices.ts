/**
 * What the simulator charges, in USD. This table is the simulator's own (close to what Replicate charged in late 2025):
 * the bill it keeps is for comparing two runs, not for accounting.
 */

interface VideoPrice {
  /** USD per second of video. */
  withAudio: number
  silent: number
}

const VEO_PER_SECOND: Record<string, VideoPrice> = {
  'google/veo-3': { withAudio: 0.4, silent: 0.2 },
  'google/veo-3-fast': { withAudio: 0.15, silent: 0.1 },
  'google/veo-3.1': { withAudio: 0.4, silent: 0.2 },
  'google/veo-3.1-fast': { withAudio: 0.15, silent: 0.1 },
}

/** USD per second of video, by resolution. */
const HAILUO_PER_SECOND: Record<string, number> = { '512p': 0.025, '768p': 0.045, '1080p': 0.08 }

/** USD for one run of MusicGen, however long the music. */
const MUSICGEN_PER_RUN = 0.064

/** USD for a character of speech. */
const CHATTERBOX_PER_CHARACTER = 0.04 / 1000

/**
 * What a prediction that ran costs, in USD, rounded to a tenth of a cent.
 * @param input the model's input with its defaults filled in
 */
export function priceUsd(model: string, input: Record<string, unknown>): number {
  if (model === 'meta/musicgen') return MUSICGEN_PER_RUN
  if (model === 'resemble-ai/chatterbox-pro') {
    return Math.round(CHATTERBOX_PER_CHARACTER * [...String(input.prompt)].length * 1000) / 1000
  }
  const seconds = Number(input.duration)
  const veo = VEO_PER_SECOND[model]
  const perSecond = veo
    ? input.generate_audio === false
      ? veo.silent
      : veo.withAudio
    : (HAILUO_PER_SECOND[String(input.resolution)] ?? 0)
  return Math.round(perSecond * seconds * 1000) / 1000
}
