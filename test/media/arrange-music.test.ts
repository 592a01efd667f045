import { writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { wavHeader } from '../../media/soundtrack/wav.ts'
import { rms, setUp } from './support.ts'

const { media, at, sound, leftovers } = await setUp()

const RATE = 48_000

/** Music in which each bar of four beats begins with a deeper and louder drum, from `begin` seconds on. */
async function drums(name: string, { bpm, seconds, begin }: { bpm: number; seconds: number; begin: number }) {
  const period = 60 / bpm
  return written(name, seconds, (t) => {
    const beat = Math.floor((t - begin) / period + 1e-6)
    if (beat < 0) return 0
    const since = t - begin - beat * period
    const isFirst = beat % 4 === 0
    return (isFirst ? 0.7 : 0.3) * Math.exp(-since / 0.04) * Math.sin(2 * Math.PI * (isFirst ? 90 : 250) * since)
  })
}

async function written(name: string, seconds: number, wave: (t: number) => number): Promise<string> {
  const samples = new Int16Array(seconds * RATE * 2)
  for (let i = 0; i < samples.length; i++) samples[i] = Math.round(0x7fff * wave(Math.floor(i / 2) / RATE))
  await writeFile(at(name), Buffer.concat([wavHeader(seconds * RATE), Buffer.from(samples.buffer)]))
  return at(name)
}

/** When drums are struck (seconds): where the level of 5 ms jumps up. */
function strokes(heard: Float32Array): number[] {
  const found: number[] = []
  for (let t = 0; t + 0.005 < heard.length / RATE; t += 0.005) {
    const isStruck = rms(heard, t, t + 0.005) > 0.05 && rms(heard, Math.max(0, t - 0.03), t || 0.001) < 0.04
    if (isStruck && t - (found.at(-1) ?? -1) > 0.1) found.push(t)
  }
  return found
}

const arrange = async (input: string, videoSeconds: number, fadeSeconds = 0.5) => {
  const arranged = await media.arrangeMusic({ input, videoSeconds, fadeSeconds, output: at('arranged.wav') })
  return { ...arranged, heard: await sound(at('arranged.wav')) }
}

describe('arrangeMusic', () => {
  it.each([
    { bpm: 100, begin: 0.3 },
    { bpm: 128, begin: 0.1 },
    { bpm: 87.5, begin: 0 },
  ])('lets the beat go on over every seam at $bpm beats a minute', async ({ bpm, begin }) => {
    // The music ends within a bar: repeated as it is, the beat would stumble.
    const seconds = begin + (60 / bpm) * 4 * 6 + 0.8
    const { heard } = await arrange(await drums('drums.wav', { bpm, seconds: Math.round(seconds), begin }), 40)
    expect(heard.length).toBeGreaterThanOrEqual(40 * RATE)
    const times = strokes(heard).filter((t) => t < 40)
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0))
    expect(times.length).toBeGreaterThan((40 - begin) / (60 / bpm) - 2)
    for (const gap of gaps) expect(Math.abs(gap - 60 / bpm)).toBeLessThan(0.02)
  })

  it('fades out on the first beat of a bar, near the end of the film', async () => {
    for (const seconds of [14, 60]) {
      const input = await drums('drums.wav', { bpm: 120, seconds, begin: 0.25 })
      const { fadeAtSeconds } = await arrange(input, 31.3)
      // Bars of two seconds begin at 0.25, …, 28.25, 30.25.
      expect(Math.abs((fadeAtSeconds ?? 0) - 30.25)).toBeLessThan(0.04)
    }
  })

  it('repeats music without a beat with a fade at each seam', async () => {
    const pad = await written('pad.wav', 6, (t) => 0.3 * Math.sin(2 * Math.PI * (220 + 20 * Math.sin(0.7 * t)) * t))
    const { fadeAtSeconds, heard } = await arrange(pad, 15)
    expect(fadeAtSeconds).toBeNull()
    expect(heard.length).toBeGreaterThanOrEqual(15 * RATE)
    expect(rms(heard, 5.98, 6.02)).toBeLessThan(0.05)
    expect(rms(heard, 8, 9)).toBeGreaterThan(0.15)
  })

  it('is stopped by whoever wants it no longer', async () => {
    const input = await drums('drums.wav', { bpm: 120, seconds: 60, begin: 0 })
    const request = { input, videoSeconds: 90, fadeSeconds: 1, output: at('stopped.wav') }
    const stopped = media.arrangeMusic({ ...request, signal: AbortSignal.timeout(300) })
    await expect(stopped).rejects.toMatchObject({ kind: 'aborted' })
    expect(await leftovers()).toEqual([])
  })
})

describe('fitSoundtrack', () => {
  it('fades out where the music is to end', async () => {
    const input = await written('tone.wav', 6, (t) => 0.3 * Math.sin(2 * Math.PI * 400 * t))
    const fit = { input, videoSeconds: 5, mode: 'trim', fadeSeconds: 0.5, output: at('fitted.wav') } as const
    await media.fitSoundtrack({ ...fit, fadeAtSeconds: 3 })
    const heard = await sound(at('fitted.wav'))
    expect(heard).toHaveLength(5 * RATE)
    expect(rms(heard, 2, 3)).toBeGreaterThan(0.2)
    expect(rms(heard, 3.2, 3.3) / rms(heard, 2, 3)).toBeCloseTo(0.5, 1)
    expect(rms(heard, 3.51, 5)).toBe(0)
  })
})
