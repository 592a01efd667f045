import { stat } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { tempoSteps } from '../../media/soundtrack/fit-soundtrack.ts'
import { quietest, rms, setUp } from './support.ts'

const { media, ffmpeg, at, clip, frameHashes, sound, loudness, leftovers } = await setUp()

/** A 400 Hz tone that is quiet (amplitude 0.05) until `loudFrom` seconds and loud (0.5) afterwards. */
async function tone(name: string, seconds: number, loudFrom = 0): Promise<string> {
  const quality = name.endsWith('mp3') ? ['-b:a', '320k'] : []
  const wave = `if(lt(t,${loudFrom}),0.05,0.5)*sin(2*PI*400*t)`
  await ffmpeg('-f', 'lavfi', '-i', `aevalsrc='${wave}|${wave}':s=32000:d=${seconds}`, ...quality, at(name))
  return at(name)
}

/** How many samples a WAV of ours has, from its size alone. */
const samplesOf = async (name: string) => ((await stat(at(name))).size - 44) / 4

const LOUD = 0.5 / Math.SQRT2
const QUIET = 0.05 / Math.SQRT2

describe('tail', () => {
  it.each(['mp3', 'wav'])('writes the last seconds of an %s', async (format) => {
    const input = await tone(`piece.${format}`, 3, 2)
    expect(await media.tail({ input, output: at('tail.wav'), seconds: 1.5 })).toEqual({ seconds: 1.5 })
    const end = await sound(at('tail.wav'))
    expect(rms(end, 0.05, 0.4)).toBeCloseTo(QUIET, 2)
    expect(rms(end, 0.6, 1.4)).toBeCloseTo(LOUD, 2)
  })

  it('says how long it is when the piece is shorter', async () => {
    const input = await tone('brief.wav', 0.5)
    expect(await media.tail({ input, output: at('tail.wav'), seconds: 4 })).toEqual({ seconds: 0.5 })
  })
})

describe('cutSegment', () => {
  it.each(['mp3', 'wav'])('drops the continued part of an %s and keeps exactly the new music', async (format) => {
    const input = await tone(`continued.${format}`, 3, 1)
    await media.cutSegment({ input, output: at('new.wav'), skipSeconds: 1, durationSeconds: 1.2345 })
    expect(await samplesOf('new.wav')).toBe(Math.round(1.2345 * 48_000))
    expect(rms(await sound(at('new.wav')), 0.05, 1.2)).toBeCloseTo(LOUD, 2)
  })

  it('keeps an overlap in front', async () => {
    const input = await tone('overlapping.wav', 3, 1)
    await media.cutSegment({ input, output: at('new.wav'), skipSeconds: 1, durationSeconds: 1, overlapSeconds: 0.5 })
    expect(await samplesOf('new.wav')).toBe(72_000)
    const cut = await sound(at('new.wav'))
    expect(rms(cut, 0.05, 0.45)).toBeCloseTo(QUIET, 2)
    expect(rms(cut, 0.55, 1.45)).toBeCloseTo(LOUD, 2)
  })

  it('keeps the border in its place when less was continued than the overlap wants', async () => {
    const input = await tone('little-continued.wav', 2, 0.25)
    await media.cutSegment({ input, output: at('new.wav'), skipSeconds: 0.25, durationSeconds: 1, overlapSeconds: 0.5 })
    const cut = await sound(at('new.wav'))
    expect(cut).toHaveLength(72_000)
    expect(rms(cut, 0, 0.24)).toBe(0)
    expect(rms(cut, 0.28, 0.48)).toBeCloseTo(QUIET, 2)
    expect(rms(cut, 0.52, 1.48)).toBeCloseTo(LOUD, 2)
  })

  it('fills up to half a second with silence', async () => {
    const input = await tone('too-short.wav', 1.5)
    await media.cutSegment({ input, output: at('new.wav'), skipSeconds: 1, durationSeconds: 1 })
    const cut = await sound(at('new.wav'))
    expect(cut).toHaveLength(48_000)
    expect(rms(cut, 0.05, 0.45)).toBeCloseTo(LOUD, 2)
    expect(rms(cut, 0.55, 1)).toBe(0)
  })

  it('refuses music with nothing new in it', async () => {
    const input = await tone('nothing-new.wav', 1)
    const request = { input, output: at('new.wav'), skipSeconds: 1, durationSeconds: 1 }
    await expect(media.cutSegment(request)).rejects.toMatchObject({ kind: 'unreadable' })
  })

  it('refuses music whose end is missing', async () => {
    const input = await tone('half.wav', 2)
    const request = { input, output: at('new.wav'), skipSeconds: 0, durationSeconds: 4 }
    await expect(media.cutSegment(request)).rejects.toMatchObject({ kind: 'unreadable', message: /end is missing/ })
  })
})

describe('joinSegments', () => {
  /** A segment of the same tone, cut so that it continues one that ended at a whole second. */
  async function segment(name: string, durationSeconds: number, overlapSeconds: number) {
    const input = await tone('source.wav', 4)
    const path = at(name)
    await media.cutSegment({ input, output: path, skipSeconds: 1, durationSeconds, overlapSeconds })
    return { path, durationSeconds, overlapSeconds }
  }

  it('goes from one segment into its continuation at an even loudness', async () => {
    const segments = [await segment('a.wav', 2, 0), await segment('b.wav', 2, 0.5), await segment('c.wav', 1, 0.5)]
    await media.joinSegments({ segments, fadeSeconds: 0.4, output: at('joined.wav') })
    const joined = await sound(at('joined.wav'))
    expect(joined).toHaveLength(5 * 48_000)
    expect(rms(joined, 0.1, 4.5)).toBeCloseTo(LOUD, 3)
    expect(quietest(joined, 0.1, 4.5)).toBeGreaterThan(0.98 * LOUD)
    expect(joined.subarray(4800, 4.5 * 48_000).every((value) => Math.abs(value) < 0.51)).toBe(true)
  })

  it('begins and ends without a click', async () => {
    await media.joinSegments({ segments: [await segment('a.wav', 2, 0)], fadeSeconds: 1, output: at('joined.wav') })
    const joined = await sound(at('joined.wav'))
    expect(rms(joined, 0, 0.005)).toBeLessThan(0.1 * LOUD)
    expect(rms(joined, 1.4, 1.6)).toBeCloseTo(LOUD / 2, 1)
    expect(rms(joined, 1.99, 2)).toBeLessThan(0.02 * LOUD)
  })

  it('fades out before a silent segment and in after it', async () => {
    const silent = { path: null, durationSeconds: 1, overlapSeconds: 0 }
    const segments = [await segment('a.wav', 2, 0), silent, await segment('b.wav', 2, 0.5)]
    await media.joinSegments({ segments, fadeSeconds: 0.4, output: at('joined.wav') })
    const joined = await sound(at('joined.wav'))
    expect(joined).toHaveLength(5 * 48_000)
    expect(rms(joined, 1.98, 2)).toBeLessThan(0.1 * LOUD)
    expect(rms(joined, 2, 3)).toBe(0)
    expect(rms(joined, 3, 3.02)).toBeLessThan(0.1 * LOUD)
    expect(rms(joined, 3.5, 4.5)).toBeCloseTo(LOUD, 2)
  })

  it('is exactly as long as its segments together, whatever their lengths', async () => {
    const odd = 1 / 3 + 0.00001
    const segments = Array(7).fill({ path: null, durationSeconds: odd, overlapSeconds: 0 })
    await media.joinSegments({ segments, fadeSeconds: 1, output: at('joined.wav') })
    expect(await samplesOf('joined.wav')).toBe(Math.round(7 * odd * 48_000))
  })

  it('refuses a file that cutSegment did not make', async () => {
    const segments = [{ path: await tone('foreign.wav', 1), durationSeconds: 1, overlapSeconds: 0 }]
    await expect(media.joinSegments({ segments, fadeSeconds: 1, output: at('joined.wav') })).rejects.toThrow(
      'not a WAV file made by cutSegment',
    )
    expect(await leftovers()).toEqual([])
  })
})

describe('fitSoundtrack', () => {
  const fitted = async (input: string, mode: 'trim' | 'stretch' | 'compress', videoSeconds: number) => {
    await media.fitSoundtrack({ input, mode, videoSeconds, fadeSeconds: 0.2, output: at('fitted.wav') })
    expect(await samplesOf('fitted.wav')).toBe(Math.round(videoSeconds * 48_000))
    return sound(at('fitted.wav'))
  }

  it.each(['trim', 'stretch'] as const)('%s cuts a longer track', async (mode) => {
    const music = await fitted(await tone('long.wav', 3, 2), mode, 1.7)
    expect(rms(music, 0.1, 1.4)).toBeCloseTo(QUIET, 2)
    expect(rms(music, 1.69, 1.7)).toBeLessThan(0.1 * QUIET)
  })

  it.each(['trim', 'compress'] as const)('%s puts silence after a shorter track', async (mode) => {
    const music = await fitted(await tone('short.mp3', 1), mode, 2)
    expect(rms(music, 0.1, 0.7)).toBeCloseTo(LOUD, 2)
    expect(rms(music, 1.1, 2)).toBe(0)
  })

  it.each([
    ['stretch', 1, 1.5],
    ['stretch', 1, 5.01],
    ['compress', 3, 2],
    ['compress', 3, 0.7],
  ] as const)('%s plays %f s within %f s', async (mode, seconds, videoSeconds) => {
    const music = await fitted(await tone('track.wav', seconds, seconds / 2), mode, videoSeconds)
    // The loud half begins in the middle of the film, and music lasts until the fade.
    expect(rms(music, 0.2 * videoSeconds, 0.4 * videoSeconds)).toBeLessThan(0.1)
    expect(rms(music, 0.6 * videoSeconds, videoSeconds - 0.21)).toBeGreaterThan(0.25)
    expect(quietest(music, 0.6 * videoSeconds, videoSeconds - 0.21)).toBeGreaterThan(0.1)
  })

  it('changes the tempo in steps from 0.5 to 2', () => {
    for (const tempo of [0.1, 0.5, 0.9, 1.1, 2, 7]) {
      const steps = tempoSteps(tempo)
      expect(steps.reduce((product, step) => product * step, 1)).toBeCloseTo(tempo, 9)
      expect(steps.every((step) => step >= 0.5 - 1e-9 && step <= 2 + 1e-9)).toBe(true)
    }
    expect(tempoSteps(1)).toEqual([])
  })
})

describe('a soundtrack in a film of 29.97 fps', () => {
  it.each(['trim', 'stretch', 'compress'] as const)('ends with the picture when it was fitted by %s', async (mode) => {
    const seconds = (71 * 1001) / 30000
    const video = await clip('ntsc.mp4', { fps: '30000/1001', seconds, tone: 0 })
    for (const length of [1.3, 4.7]) {
      const fit = { videoSeconds: seconds, mode, fadeSeconds: 0.5, output: at('fitted.wav') } as const
      const measured = await media.fitSoundtrack({ input: await tone('music.wav', length), ...fit })
      const merging = { video, sound: null, soundtrack: at('fitted.wav'), loudness: measured, fadeSeconds: 0.5 }
      await media.mergeSoundtrack({ ...merging, output: at('scored.mp4') })
      const made = await media.probe(at('scored.mp4'))
      expect(made.video).toMatchObject({ frames: 71, startSeconds: 0 })
      expect(Math.abs((made.audio?.durationSeconds ?? 0) - seconds)).toBeLessThan(1001 / 30000)
      expect(await sound(at('scored.mp4'))).toHaveLength(Math.round(seconds * 48_000))
    }
  })
})

describe('mergeSoundtrack', () => {
  const SECONDS = 6

  /** A film whose clips are heard as that expression of ffmpeg's says, with music under it. */
  async function scored(wave: string | null, name: string, fadeSeconds = 0) {
    const video = await clip('film.mp4', { seconds: SECONDS, tone: 0 })
    const own = wave ? at('film.flac') : null
    if (own) await ffmpeg('-f', 'lavfi', '-i', `aevalsrc='${wave}|${wave}':s=48000:d=${SECONDS}`, own)
    const soundtrack = at('fitted.wav')
    const fit = { videoSeconds: SECONDS, mode: 'trim', fadeSeconds } as const
    const measured = await media.fitSoundtrack({ input: at(name), ...fit, output: soundtrack })
    const output = at('scored.mp4')
    const merging = { video, sound: own, soundtrack, loudness: measured, fadeSeconds, output }
    expect(await media.mergeSoundtrack(merging)).toEqual({ loudnessProblem: null })
    return { video, output, heard: await sound(output) }
  }

  /** How loud one tone (Hz) is in a stretch of sound (seconds): its amplitude. */
  function level(heard: Float32Array, hertz: number, from: number, to: number): number {
    const part = heard.subarray(from * 48_000, to * 48_000)
    const angle = (i: number) => (2 * Math.PI * hertz * i) / 48_000
    const cos = part.reduce((sum, value, i) => sum + value * Math.cos(angle(i)), 0)
    const sin = part.reduce((sum, value, i) => sum + value * Math.sin(angle(i)), 0)
    return (2 * Math.hypot(cos, sin)) / part.length
  }
  const decibels = (ratio: number) => 20 * Math.log10(ratio)

  it('leaves a murmur one where the music is silent, as without music', async () => {
    await ffmpeg('-f', 'lavfi', '-i', `anullsrc=r=48000:cl=stereo:d=${SECONDS}`, at('silent.wav'))
    const { output } = await scored('0.006*sin(2*PI*440*t)', 'silent.wav')
    expect((await loudness(output)).integrated).toBeCloseTo(-45.1 + 12, 0)
  })

  it('leaves the picture as it was, and is as loud as a film', async () => {
    await tone('music.wav', 8)
    const { video, output } = await scored('0.1*sin(2*PI*1000*t)', 'music.wav')
    expect(await frameHashes(output)).toEqual(await frameHashes(video))
    expect(await media.probe(output)).toMatchObject({
      durationSeconds: SECONDS,
      video: { frames: 24 * SECONDS, startSeconds: 0 },
      audio: { durationSeconds: SECONDS },
    })
    const { integrated, truePeak } = await loudness(output)
    expect(Math.abs(integrated + 14)).toBeLessThanOrEqual(1)
    expect(truePeak).toBeLessThanOrEqual(-1)
  })

  it('lets the music step back while the clips are heard, and come back', async () => {
    await tone('music.wav', 8)
    const { heard } = await scored('0.1*sin(2*PI*1000*t)*between(t,2,4)', 'music.wav')
    const before = level(heard, 400, 1, 1.9)
    expect(decibels(level(heard, 400, 2.3, 3.9) / before)).toBeLessThan(-6)
    expect(decibels(level(heard, 400, 2.3, 3.9) / before)).toBeGreaterThan(-15)
    // Within two seconds it is back.
    expect(decibels(level(heard, 400, 5.5, 5.9) / before)).toBeGreaterThan(-1)
    // The clips are well above it.
    expect(level(heard, 1000, 2.3, 3.9)).toBeGreaterThan(2 * level(heard, 400, 2.3, 3.9))
  })

  it('does not let it step back for what can hardly be heard', async () => {
    await tone('music.wav', 8)
    const { heard } = await scored('0.001*sin(2*PI*1000*t)*between(t,2,4)', 'music.wav')
    expect(Math.abs(decibels(level(heard, 400, 2.3, 3.9) / level(heard, 400, 1, 1.9)))).toBeLessThan(0.2)
  })

  it("takes the film's own sound where none was kept without loss", async () => {
    await tone('music.wav', 8)
    const video = await clip('old.mp4', { seconds: SECONDS, tone: 1000 })
    const fit = { videoSeconds: SECONDS, mode: 'trim', fadeSeconds: 0, output: at('fitted.wav') } as const
    const measured = await media.fitSoundtrack({ input: at('music.wav'), ...fit })
    const merging = { video, sound: null, soundtrack: at('fitted.wav'), loudness: measured, fadeSeconds: 0 }
    await media.mergeSoundtrack({ ...merging, output: at('scored.mp4') })
    const heard = await sound(at('scored.mp4'))
    expect(level(heard, 1000, 1, 5)).toBeGreaterThan(0.05)
    expect(level(heard, 400, 1, 5)).toBeGreaterThan(0.02)
  })

  it('gives music to a film without sound, and silence after music that is too short', async () => {
    await tone('brief.wav', 3)
    const { output, heard } = await scored(null, 'brief.wav')
    expect(rms(heard, 0.1, 2.9)).toBeGreaterThan(0.1)
    expect(rms(heard, 3.1, 5.9)).toBeLessThan(0.001)
    expect((await media.probe(output)).audio?.durationSeconds).toBe(SECONDS)
  })

  it('fades out everything at the end', async () => {
    await tone('music.wav', 8)
    const { heard } = await scored('0.3*sin(2*PI*1000*t)', 'music.wav', 2)
    const [whole, half] = [rms(heard, 2, 3.9), rms(heard, 4.9, 5.1)]
    expect(half / whole).toBeGreaterThan(0.3)
    expect(half / whole).toBeLessThan(0.7)
    expect(rms(heard, 5.98, 6)).toBeLessThan(0.02 * whole)
  })

  it.each([0.5, 0.01, 0.999])(
    'is as loud as a film also with music of amplitude %f and loud clips',
    async (amplitude) => {
      await ffmpeg('-f', 'lavfi', '-i', `aevalsrc='${amplitude}*sin(2*PI*400*t)':s=48000:d=8`, '-ac', '2', at('m.wav'))
      const { output } = await scored('0.99*sin(2*PI*1000*t)*between(t,1,4)', 'm.wav')
      const { integrated, truePeak } = await loudness(output)
      expect(Math.abs(integrated + 14)).toBeLessThanOrEqual(1)
      expect(truePeak).toBeLessThanOrEqual(-1)
    },
  )
})

describe('encodeMp3', () => {
  it('writes an MP3 of the exact length, as loud as a film', async () => {
    const fit = { videoSeconds: 3.25, mode: 'trim', fadeSeconds: 0, output: at('fitted.wav') } as const
    const measured = await media.fitSoundtrack({ input: await tone('loud.wav', 4), ...fit })
    await media.encodeMp3({ input: at('fitted.wav'), loudness: measured, output: at('loud.mp3') })
    expect(await media.probe(at('loud.mp3'))).toMatchObject({ container: 'mp3', audio: { sampleRate: 48_000 } })
    expect(await sound(at('loud.mp3'))).toHaveLength(3.25 * 48_000)
    const { integrated, truePeak } = await loudness(at('loud.mp3'))
    expect(Math.abs(integrated + 14)).toBeLessThanOrEqual(1)
    expect(truePeak).toBeLessThanOrEqual(-1)
  })
})
