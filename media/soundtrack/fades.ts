import { CHANNELS } from './wav.ts'

/** Lets the first `samples` of the sound grow from nothing. Changes it in place. */
export function fadeIn(sound: Int16Array, samples: number): void {
  for (let i = 0; i < samples * CHANNELS; i++) sound[i] = Math.round((sound[i] ?? 0) * gain(i, samples))
}

/** Lets the last `samples` of the sound shrink to nothing. Changes it in place. */
export function fadeOut(sound: Int16Array, samples: number): void {
  const start = sound.length - samples * CHANNELS
  for (let i = 0; i < samples * CHANNELS; i++) {
    sound[start + i] = Math.round((sound[start + i] ?? 0) * (1 - gain(i, samples)))
  }
}

/**
 * Lets the last `samples` of `before` go over into the last `samples` of `after`. Changes `before` in place. The two
 * gains add up to one, because both are the same music (the model repeats what it continues): with equal-power gains,
 * which suit unrelated sounds, it would swell by up to 3 dB.
 */
export function crossfade(before: Int16Array, after: Int16Array, samples: number): void {
  const [from, to] = [before.length - samples * CHANNELS, after.length - samples * CHANNELS]
  for (let i = 0; i < samples * CHANNELS; i++) {
    const share = gain(i, samples)
    before[from + i] = Math.round((before[from + i] ?? 0) * (1 - share) + (after[to + i] ?? 0) * share)
  }
}

/** How far (0 to 1) a fade of so many samples is at value `index`, counting both channels. */
function gain(index: number, samples: number): number {
  return Math.floor(index / CHANNELS) / samples
}
