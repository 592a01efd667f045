import { describe, expect, it } from 'vitest'
import { placeVoices } from '../../domain/voice-over.ts'
import type { FilmVoice } from '../../media/index.ts'
import { PROFILE, setUp } from './support.ts'

const { media, ffmpeg, at, clip, sound, loudness } = await setUp()

/** How loud one tone is in a stretch of sound (seconds), the others left out. */
function level(heard: Float32Array, hz: number, from: number, to: number): number {
  const part = heard.subarray(Math.round(from * 48_000), Math.round(to * 48_000))
  let [real, imaginary] = [0, 0]
  part.forEach((value, i) => {
    const angle = (2 * Math.PI * hz * i) / 48_000
    real += value * Math.cos(angle)
    imaginary += value * Math.sin(angle)
  })
  return (Math.SQRT2 * Math.hypot(real, imaginary)) / part.length
}

/** A tone that is heard for so many seconds, as quiet as a shy model. */
async function spoken(name: string, seconds: number, hz = 300): Promise<string> {
  await ffmpeg('-f', 'lavfi', '-i', `aevalsrc='0.03*sin(2*PI*${hz}*t)':s=24000:d=${seconds}`, at(`${name}.wav`))
  const output = at(`${name}.flac`)
  const kept = await media.keepVoice({ input: at(`${name}.wav`), output })
  expect(kept.seconds).toBeCloseTo(seconds, 3)
  return output
}

describe('keepVoice', () => {
  it('brings every voice to one loudness', async () => {
    expect((await loudness(await spoken('quiet', 2))).integrated).toBeCloseTo(-16, 0)
  })

  it('refuses one in which nothing is heard', async () => {
    await ffmpeg('-f', 'lavfi', '-i', 'anullsrc=r=24000', '-t', '1', at('silence.wav'))
    const keep = media.keepVoice({ input: at('silence.wav'), output: at('silence.flac') })
    await expect(keep).rejects.toMatchObject({ kind: 'unreadable' })
  })
})

describe('a film that is spoken over', () => {
  /** Ten seconds of two clips with a tone of 900 Hz. @returns its file, and its sound without loss */
  async function film(voices: FilmVoice[], keepSound = true) {
    const path = await clip('humming.mp4', { seconds: 5, tone: 900 })
    const [output, lossless] = [at('film.mp4'), at('sound.flac')]
    const clips = [path, path].map((path) => ({ path, frames: 120, keepSound }))
    await media.stitch({ clips, profile: PROFILE, output, lossless, voices })
    return { output, lossless }
  }

  it('has each voice in its place and at its tempo, with the clips stepping back under it', async () => {
    const { output, lossless } = await film([
      { path: await spoken('first', 2), startSeconds: 0.3, tempo: 1 },
      { path: await spoken('second', 2.5, 500), startSeconds: 5.3, tempo: 1.25 },
    ])
    const heard = await sound(lossless)
    for (const [hz, begin] of [
      [300, 0.3],
      [500, 5.3],
    ] as const) {
      const during = level(heard, hz, begin + 0.1, begin + 1.9)
      expect(during, `${hz} Hz`).toBeGreaterThan(0.1)
      expect(level(heard, hz, begin - 0.25, begin - 0.05), `${hz} Hz before`).toBeLessThan(during / 20)
      expect(level(heard, hz, begin + 2.15, begin + 3), `${hz} Hz after`).toBeLessThan(during / 20)
    }
    expect(level(heard, 900, 1, 2)).toBeLessThan(level(heard, 900, 3.5, 5) / 2)
    expect((await loudness(output)).integrated).toBeCloseTo(-14, 0)
  })

  it('has music that steps back under the voice', async () => {
    const { output, lossless } = await film([{ path: await spoken('first', 2), startSeconds: 0.3, tempo: 1 }], false)
    await ffmpeg('-f', 'lavfi', '-i', "aevalsrc='0.2*sin(2*PI*1500*t)':s=48000:d=10", at('music.wav'))
    const fitting = { input: at('music.wav'), videoSeconds: 10, mode: 'trim', fadeSeconds: 0 } as const
    const soundtrack = at('fitted.wav')
    const fitted = await media.fitSoundtrack({ ...fitting, output: soundtrack })
    const scored = at('scored.mp4')
    const laid = { soundtrack, loudness: fitted, fadeSeconds: 0, output: scored }
    await media.mergeSoundtrack({ video: output, sound: lossless, ...laid })
    const heard = await sound(scored)
    expect(level(heard, 1500, 1, 2)).toBeLessThan(level(heard, 1500, 5, 6) / 2)
  })

  it('ends with the film although its voice does not', async () => {
    const { output } = await film([{ path: await spoken('long', 4), startSeconds: 8, tempo: 1 }])
    expect((await sound(output)).length / 48_000).toBeCloseTo(10, 1)
  })
})

describe('where voices are placed', () => {
  const times = {
    scenes: [
      { start: 0, end: 4 },
      { start: 4, end: 8 },
      { start: 8, end: 12 },
    ],
    duration: 12,
  }
  const place = (...voices: [position: number, duration: number][]) =>
    placeVoices(
      voices.map(([position, duration]) => ({ position, duration })),
      times,
    )

  it('is just after the begin of their scenes, also where these overlap', () => {
    expect(place([0, 3], [2, 3.7])).toEqual([
      { position: 0, start: 0.3, tempo: 1, over: 0 },
      { position: 2, start: 8.3, tempo: 1, over: 0 },
    ])
    const overlapping = {
      scenes: [
        { start: 0, end: 4 },
        { start: 3.5, end: 7.5 },
      ],
      duration: 7.5,
    }
    expect(placeVoices([{ position: 1, duration: 1 }], overlapping)[0]).toMatchObject({ start: 3.8 })
  })

  it('is the same for one that is too long: it is spoken faster, by a quarter at most, and then runs on', () => {
    expect(place([0, 4.44])).toEqual([{ position: 0, start: 0.3, tempo: 1.2, over: 0 }])
    expect(place([0, 6])).toEqual([{ position: 0, start: 0.3, tempo: 1.25, over: 1.1 }])
  })

  it('is later where the voice before still speaks: none is cut off by the next', () => {
    const [first, second] = place([0, 6], [1, 3])
    expect([first?.start, second?.start]).toEqual([0.3, 5.3])
    expect(second).toMatchObject({ tempo: 1.111, over: 0 })
  })
})
