import { mkdir } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { type JoinedClip, joinClips } from '../../media/sound/join-clips.ts'
import { PROFILE, rms, setUp } from './support.ts'

const { tools, media, ffmpeg, at, clip, sound } = await setUp()

/** The joined sound of clips at 24 fps. */
async function joined(clips: JoinedClip[], profile = PROFILE): Promise<Float32Array> {
  await mkdir(at('joining'), { recursive: true })
  const { path, samples } = await joinClips(tools, { clips, profile, folder: at('joining') })
  const heard = await sound(path)
  expect(heard).toHaveLength(samples)
  return heard
}

/** Where clicks begin (seconds), each at least 0.2 s after the one before. */
function clicks(heard: Float32Array): number[] {
  const found: number[] = []
  heard.forEach((value, i) => {
    if (Math.abs(value) > 0.2 && i / 48_000 - (found.at(-1) ?? -1) > 0.2) found.push(i / 48_000)
  })
  return found
}

/** Noise that is unlike any other's; its level is even. */
async function noise(name: string, seed: number): Promise<string> {
  const path = await clip(name, { seconds: 2, tone: 0 })
  const sounds = ['-f', 'lavfi', '-i', `anoisesrc=a=0.3:c=white:seed=${seed}:r=48000:d=2`]
  const codecs = ['-map', '0:v', '-map', '1:a', '-c:v', 'copy', '-c:a', 'aac', '-b:a', '192k', '-ac', '2']
  await ffmpeg('-i', path, ...sounds, ...codecs, at(`with-${name}`))
  return at(`with-${name}`)
}

describe("the clips' sound", () => {
  it('keeps every click in its place, over cuts and transitions', async () => {
    const path = await clip('clicking.mp4', { seconds: 2, tone: 0 })
    const click = ['-f', 'lavfi', '-i', "aevalsrc='0.9*between(t,1,1.005)|0.9*between(t,1,1.005)':s=48000:d=2"]
    await ffmpeg('-i', path, ...click, '-map', '0:v', '-map', '1:a', '-c:v', 'copy', '-c:a', 'aac', at('clicks.mp4'))
    const clips = Array.from({ length: 30 }, (_, index) => ({
      path: at('clicks.mp4'),
      frames: 48,
      overlapFrames: index % 3 === 0 ? 12 : 0,
    }))
    const found = clicks(await joined(clips))
    let begin = 0
    const expected = clips.map(({ overlapFrames }) => {
      const at = begin / 24 + 1
      begin += 48 - overlapFrames
      return at
    })
    expect(found).toHaveLength(30)
    for (const [index, at] of expected.entries()) expect(Math.abs((found[index] ?? 0) - at)).toBeLessThan(0.003)
  })

  it('goes over from one clip into another at an even power', async () => {
    const [one, other] = [await noise('one.mp4', 1), await noise('other.mp4', 2)]
    const clips = [
      { path: one, frames: 48, overlapFrames: 24 },
      { path: other, frames: 48 },
    ]
    const heard = await joined(clips)
    expect(heard).toHaveLength(3 * 48_000)
    const level = rms(heard, 0.2, 0.9)
    for (const from of [1, 1.2, 1.4, 1.6, 1.8]) {
      expect(rms(heard, from, from + 0.2) / level).toBeGreaterThan(0.85)
      expect(rms(heard, from, from + 0.2) / level).toBeLessThan(1.15)
    }
  })

  it('never wraps around where two loud clips come together', async () => {
    const loud = await clip('loud.mp4', { seconds: 2, tone: 300, encoding: ['-af', 'volume=8'] })
    const heard = await joined([
      { path: loud, frames: 48, overlapFrames: 24 },
      { path: loud, frames: 48 },
    ])
    // A wrapped sample is a jump of the whole scale; a 300 Hz tone moves by a twentieth of it at most.
    const jumps = heard.filter((value, i) => i > 0 && Math.abs(value - (heard[i - 1] ?? 0)) > 0.5)
    expect(jumps).toHaveLength(0)
  })

  it('is silent where it is not to be kept, and goes down into that silence over a transition', async () => {
    const path = await clip('tone.mp4', { seconds: 2 })
    const heard = await joined([
      { path, frames: 48, overlapFrames: 24 },
      { path, frames: 48, keepSound: false },
      { path, frames: 48 },
    ])
    expect(rms(heard, 0.1, 0.9)).toBeGreaterThan(0.05)
    expect(rms(heard, 1.9, 2)).toBeLessThan(0.2 * rms(heard, 0.1, 0.9))
    expect(rms(heard, 2, 3)).toBe(0)
    expect(rms(heard, 3.1, 4.9)).toBeGreaterThan(0.05)
  })

  it('is exact to the sample at 29.97 fps, whatever the transitions', async () => {
    const profile = { ...PROFILE, fps: { num: 30000, den: 1001 } }
    const path = await clip('ntsc.mp4', { fps: '30000/1001', seconds: 1 })
    const clips = Array.from({ length: 25 }, (_, index) => ({ path, frames: 29, overlapFrames: index % 2 ? 7 : 0 }))
    const frames = 25 * 29 - 12 * 7
    expect(await joined(clips, profile)).toHaveLength(Math.round((frames * 1001 * 48_000) / 30000))
  })

  it('is kept without loss beside the film', async () => {
    const path = await clip('tone.mp4', { seconds: 2 })
    const clips = [path, path].map((path) => ({ path, frames: 48 }))
    const kept = { profile: PROFILE, output: at('film.mp4'), lossless: at('film.flac') }
    expect(await media.stitch({ clips, ...kept })).toMatchObject({ isAudible: true })
    const decoded = await joined(clips)
    expect(await sound(at('film.flac'))).toEqual(decoded)

    const silent = clips.map((clip) => ({ ...clip, keepSound: false }))
    expect(await media.stitch({ clips: silent, ...kept })).toMatchObject({ isAudible: false })
    expect(rms(await sound(at('film.mp4')), 0, 4)).toBe(0)
  })
})
