/**
 * What the simulator charges, in USD: its own table, of the same pages as the product's rate card and written apart from
 * it. So the bill tells whether an estimate was right, and a price that is changed in one of the two is noticed.
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

/** USD for a clip of Hailuo 2.3, by resolution and seconds. */
const HAILUO_23_PER_CLIP: Record<string, number> = { '768p/6': 0.28, '768p/10': 0.56, '1080p/6': 0.49 }

/** USD per second of Seedance 1 Pro, by resolution. */
const SEEDANCE_PER_SECOND: Record<string, number> = { '480p': 0.03, '720p': 0.06, '1080p': 0.15 }

/** USD for one run of MusicGen, however long the music: 50 s of a GPU at 0.0014. */
const MUSICGEN_PER_RUN = 50 * 0.0014

/** USD for a character of speech. */
const CHATTERBOX_PER_CHARACTER = 0.04 / 1000

/**
 * What a prediction that ran costs, in USD, to the millionth.
 * @param input the model's input with its defaults filled in, and with what was really rendered in place of what was asked for
 */
export function priceUsd(model: string, input: Record<string, unknown>): number {
  if (model === 'meta/musicgen') return exact(MUSICGEN_PER_RUN)
  if (model === 'resemble-ai/chatterbox-pro') return exact(CHATTERBOX_PER_CHARACTER * [...String(input.prompt)].length)
  const seconds = Number(input.duration)
  if (model === 'minimax/hailuo-2.3') return HAILUO_23_PER_CLIP[`${input.resolution}/${seconds}`] ?? 0
  const veo = VEO_PER_SECOND[model]
  const perSecond = veo
    ? input.generate_audio === false
      ? veo.silent
      : veo.withAudio
    : ((model === 'bytedance/seedance-1-pro' ? SEEDANCE_PER_SECOND : HAILUO_PER_SECOND)[String(input.resolution)] ?? 0)
  return exact(perSecond * seconds)
}

const exact = (usd: number) => Math.round(usd * 1e6) / 1e6
