import { mkdir, readFile, rename } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { PROFILE, quietest, rms, setUp } from './support.ts'

const { media, ffmpeg, at, clip, colors, frameHashes, sound, leftovers } = await setUp()

const stitch = (paths: string[], frames = 24, profile = PROFILE) =>
  media.stitch({
    clips: paths.map((path) => ({ path, frames })),
    profile,
    output: at('film.mp4'),
    lossless: at('film.flac'),
  })

describe('stitch', () => {
  it('joins clips in order, each frame as it was, with no gap and no extra frame', async () => {
    const clips = [
      await clip('red.mp4', { color: 'red' }),
      await clip('moving.mp4'),
      await clip('blue.mp4', { color: 'blue' }),
    ]
    const film = { frames: 72, durationSeconds: 3, isAudible: true, loudnessProblem: null }
    expect(await stitch(clips)).toEqual(film)

    const { video, audio } = await media.probe(at('film.mp4'))
    expect(video).toMatchObject({ frames: 72, constantRate: true, startSeconds: 0, durationSeconds: 3 })
    expect(audio?.durationSeconds).toBe(3)
    expect(await frameHashes(at('film.mp4'))).toEqual((await Promise.all(clips.map(frameHashes))).flat())
    const shown = await colors(at('film.mp4'))
    expect(shown.slice(0, 24)).toEqual(Array(24).fill(shown[0]))
    expect(shown[0]).toMatch(/^(red|25\d,\d,\d)$/)
    expect(shown.slice(48)).toEqual(Array(24).fill('blue'))
  })

  it('lets sound run through the joins without a gap', async () => {
    // 440 Hz fits a second 440 times, so that the next clip goes on where this one stopped.
    const path = await clip('tone.mp4')
    await stitch([path, path, path])
    const joined = await sound(at('film.mp4'))
    const level = rms(joined, 0.3, 0.7)
    for (const join of [1, 2]) expect(quietest(joined, join - 0.05, join + 0.05)).toBeGreaterThan(0.8 * level)
  })

  it('keeps picture and sound together where clips have sound of other lengths', async () => {
    const short = await clip('short-sound.mp4', { tone: 880, encoding: ['-af', 'atrim=end=0.6'] })
    const long = await clip('long-sound.mp4', { tone: 440, encoding: ['-af', 'apad=pad_dur=0.4'] })
    await stitch([short, long, short])
    const joined = await sound(at('film.mp4'))
    expect(joined).toHaveLength(3 * 48_000)
    for (const begin of [0, 2]) {
      expect(rms(joined, begin + 0.02, begin + 0.55)).toBeGreaterThan(0.05)
      expect(rms(joined, begin + 0.7, begin + 0.95)).toBeLessThan(0.001)
    }
    expect(rms(joined, 1.02, 1.95)).toBeGreaterThan(0.05)
  })

  it('is not put off by sound that begins late in one clip', async () => {
    const plain = await clip('plain.mp4')
    const late = at('late.mp4')
    await ffmpeg('-f', 'lavfi', '-i', 'sine=440:r=48000:d=0.5', '-ac', '2', at('half.m4a'))
    const input = ['-i', plain, '-itsoffset', '0.5', '-i', at('half.m4a')]
    await ffmpeg(...input, '-map', '0:v', '-map', '1:a', '-c', 'copy', late)
    await stitch([late, plain, late])
    expect(await frameHashes(at('film.mp4'))).toHaveLength(72)
    const joined = await sound(at('film.mp4'))
    for (const begin of [0, 2]) {
      expect(rms(joined, begin + 0.05, begin + 0.45)).toBeLessThan(0.001)
      expect(rms(joined, begin + 0.55, begin + 0.95)).toBeGreaterThan(0.05)
    }
    expect(quietest(joined, 1.02, 1.98)).toBeGreaterThan(0.05)
  })

  it('is exact at 29.97 fps too', async () => {
    const profile = { ...PROFILE, fps: { num: 30000, den: 1001 } }
    const path = await clip('ntsc.mp4', { fps: '30000/1001', seconds: (7 * 1001) / 30000 })
    await stitch(Array(12).fill(path), 7, profile)
    const { video } = await media.probe(at('film.mp4'))
    expect(video).toMatchObject({ frames: 84, constantRate: true, fps: { num: 30000, den: 1001 } })
  })

  it('gives one set of H.264 headers to clips of two encoders', async () => {
    const own = await clip('own.mp4', { color: 'red', encoding: ['-bf', '0', '-refs', '1'] })
    const other = await clip('other.mp4', { fps: '30', color: 'blue' })
    const conformed = at('conformed.mp4')
    await media.conformClip({ input: other, output: conformed, profile: PROFILE, durationSeconds: 1 })
    expect((await media.probe(own)).video?.headers).not.toBe((await media.probe(conformed)).video?.headers)

    await stitch([own, conformed])
    const { video } = await media.probe(at('film.mp4'))
    expect(video).toMatchObject({ frames: 48, headers: (await media.probe(conformed)).video?.headers })
    expect((await frameHashes(at('film.mp4'))).slice(24)).toEqual(await frameHashes(conformed))
  })

  it('takes one clip, and fifty, and names with quotes', async () => {
    await mkdir(at("it's a folder"), { recursive: true })
    const path = at("it's a folder/clip 'one'.mp4")
    await rename(await clip('plain.mp4'), path)
    expect(await stitch([path])).toMatchObject({ frames: 24, durationSeconds: 1 })
    expect(await stitch(Array(50).fill(path))).toMatchObject({ frames: 1200, durationSeconds: 50 })
    expect((await media.probe(at('film.mp4'))).audio?.durationSeconds).toBe(50)
  })

  it('writes a film that plays while it loads', async () => {
    await stitch([await clip('one.mp4')])
    const film = (await readFile(at('film.mp4'))).toString('latin1')
    expect(film.indexOf('moov')).toBeLessThan(film.indexOf('mdat'))
  })

  it('names the clip that does not fit', async () => {
    const good = await clip('good.mp4')
    const bad = await clip('bad.mp4', { seconds: 2 })
    await expect(stitch([good, bad])).rejects.toMatchObject({
      kind: 'failed',
      message: "Clip 2 can't be stitched: it has 48 frames instead of 24.",
    })
    expect(await leftovers()).toEqual([])
  })
})
