import type Replicate from 'replicate'
import { describe, expect, it } from 'vitest'
import { ended, listen, MUSICGEN, probe, samplesOf, simulate } from './support.ts'

const RATE = 32_000
const PROMPT = 'calm piano, 90 bpm'

async function music(replicate: Replicate, input: object): Promise<string> {
  const created = await replicate.predictions.create({ version: MUSICGEN, input })
  const done = await ended(replicate, created)
  expect(done).toMatchObject({ status: 'succeeded', error: null })
  return String(done.output)
}

describe('music', () => {
  it('lasts exactly as long as asked, at a moderate level', async () => {
    const { replicate } = await simulate()
    const url = await music(replicate, { prompt: 'upbeat pop', duration: 5, output_format: 'wav', seed: 4 })
    expect((await probe(url))[0]).toMatchObject({ codec_name: 'pcm_s16le', sample_rate: `${RATE}`, channels: 2 })
    const samples = await samplesOf(url)
    expect(samples).toHaveLength(5 * RATE)
    const loudness = rms(samples)
    expect(loudness).toBeGreaterThan(0.03)
    expect(loudness).toBeLessThan(0.25)
    expect(Math.max(...samples.subarray(0, 16), ...samples.subarray(-16))).toBeLessThan(0.01)
  })

  it('goes on from a given piece without a break, in its key and tempo', async () => {
    const { replicate } = await simulate()
    const first = await music(replicate, { prompt: PROMPT, duration: 6, output_format: 'mp3' })
    const segment = await listen(() => ({ status: 200, body: bytes }))
    const bytes = Buffer.from(await fetch(first).then((response) => response.bytes()))
    const input = { prompt: PROMPT, duration: 10, output_format: 'wav' }
    const continued = { ...input, continuation: true, input_audio: `${segment.url}/segment.mp3` }
    const longer = await samplesOf(await music(replicate, continued))
    const given = await samplesOf(first)
    expect([given.length, longer.length]).toEqual([6 * RATE, 10 * RATE])
    expect(likeness(longer.subarray(0, 5.9 * RATE), given.subarray(0, 5.9 * RATE))).toBeGreaterThan(0.99)
    // The same piece played in one go: had key, tempo or beat slipped at the join, it would differ from there on.
    const whole = await samplesOf(await music(replicate, input))
    expect(likeness(longer.subarray(5.9 * RATE), whole.subarray(5.9 * RATE))).toBeGreaterThan(0.95)
    expect(steepest(longer.subarray(5.8 * RATE, 6.2 * RATE))).toBeLessThanOrEqual(1.2 * steepest(whole))

    // Another seed is another piece, yet it keeps the given one's chords under a melody of its own.
    const other = await samplesOf(await music(replicate, { ...continued, seed: 99 }))
    const alone = await samplesOf(await music(replicate, { ...input, seed: 99 }))
    expect(likeness(alone.subarray(7 * RATE), whole.subarray(7 * RATE))).toBeLessThan(0.3)
    expect(likeness(other.subarray(7 * RATE), whole.subarray(7 * RATE))).toBeGreaterThan(0.6)
    expect(likeness(other.subarray(7 * RATE), whole.subarray(7 * RATE))).toBeLessThan(0.98)
  })

  it('continues only the part that is named, and fails when that is longer than the piece', async () => {
    const { replicate } = await simulate()
    const first = await music(replicate, { prompt: 'calm', duration: 6, output_format: 'wav' })
    const input = { prompt: 'calm', output_format: 'wav', continuation: true, input_audio: first }
    const part = { continuation_start: 2, continuation_end: 4 }
    const longer = await samplesOf(await music(replicate, { ...input, ...part, duration: 5 }))
    const given = (await samplesOf(first)).subarray(2 * RATE, 3.9 * RATE)
    expect(likeness(longer.subarray(0, given.length), given)).toBeGreaterThan(0.999)
    const created = await replicate.predictions.create({ version: MUSICGEN, input: { ...input, duration: 4 } })
    expect(await ended(replicate, created)).toMatchObject({
      status: 'failed',
      error: 'Prompt is longer than audio to generate',
    })
  })
})

function rms(samples: Float32Array): number {
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length)
}

function steepest(samples: Float32Array): number {
  let most = 0
  for (let i = 1; i < samples.length; i++) most = Math.max(most, Math.abs((samples[i] ?? 0) - (samples[i - 1] ?? 0)))
  return most
}

/** Correlation of two stretches of the same length. */
function likeness(a: Float32Array, b: Float32Array): number {
  let product = 0
  for (let i = 0; i < a.length; i++) product += (a[i] ?? 0) * (b[i] ?? 0)
  return product / (a.length * rms(a) * rms(b))
}
