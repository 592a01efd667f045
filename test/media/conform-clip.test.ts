import { access, readFile, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { matchesProfile } from '../../media/profile.ts'
import { PROFILE, rms, setUp } from './support.ts'

const { media, ffmpeg, at, clip, colors, frameHashes, sound, leftovers } = await setUp()

const conform = (input: string, durationSeconds = 1) =>
  media.conformClip({ input, output: at('conformed.mp4'), profile: PROFILE, durationSeconds })

/** The conformed clip has the profile and exactly `frames` frames, and its sound is as long as its picture. */
async function expectConformed(frames: number) {
  const info = await media.probe(at('conformed.mp4'))
  expect(matchesProfile(info, PROFILE)).toBe(true)
  expect(info.video?.frames).toBe(frames)
  expect(await frameHashes(at('conformed.mp4'))).toHaveLength(frames)
  expect(info.video?.gopSeconds).toBeLessThanOrEqual(1)
  expect(info.audio?.durationSeconds).toBeCloseTo(frames / 24, 4)
}

describe('conformClip', () => {
  it('keeps a clip that is right as it is', async () => {
    const input = await clip('right.mp4')
    const output = at('never-written.mp4')
    const result = await media.conformClip({ input, output, profile: PROFILE, durationSeconds: 1 })
    expect(result).toEqual({ frames: 24, durationSeconds: 1, changed: false })
    await expect(access(output)).rejects.toThrow('ENOENT')
  })

  it.each([
    ['30 fps', { fps: '30' }],
    ['29.97 fps', { fps: '30000/1001' }],
    ['12 fps', { fps: '12' }],
    ['portrait', { size: '180x320' }],
    ['an odd size', { size: '321x181', encoding: ['-pix_fmt', 'yuv444p', '-profile:v', 'high444'] }],
    ['square pixels missing', { size: '160x180', encoding: ['-vf', 'setsar=2/1'] }],
    ['10 bit', { encoding: ['-pix_fmt', 'yuv420p10le', '-profile:v', 'high10'] }],
    ['full-range colours', { encoding: ['-pix_fmt', 'yuvj420p'] }],
    ['another clock', { encoding: ['-video_track_timescale', '90000'] }],
    ['no sound', { tone: 0 }],
    ['mono at 44.1 kHz', { encoding: ['-ar', '44100', '-ac', '1'] }],
    ['too long', { seconds: 1.5 }],
    ['a frame too long', { seconds: 25 / 24 }],
    ['half a second too short', { seconds: 0.5 }],
    ['a frame too short', { seconds: 23 / 24 }],
    ['an uneven frame rate', { encoding: ['-vf', "select='lt(n,6)+not(mod(n,3))'", '-fps_mode', 'vfr'] }],
    ['frames that begin late', { encoding: ['-use_editlist', '0'] }],
  ])('makes exactly the planned frames of a clip with %s', async (_, options) => {
    const input = await clip('odd.mp4', options)
    expect(await conform(input)).toEqual({ frames: 24, durationSeconds: 1, changed: true })
    await expectConformed(24)
    expect(await leftovers()).toEqual([])
  })

  it('rounds the scene to whole frames', async () => {
    expect(await conform(await clip('long.mp4', { seconds: 2 }), 1.51)).toMatchObject({ frames: 36 })
    await expectConformed(36)
  })

  it('leaves the picture untouched when only the sound is wrong', async () => {
    const input = await clip('mute.mp4', { tone: 0 })
    await conform(input)
    expect(await frameHashes(at('conformed.mp4'))).toEqual(await frameHashes(input))
    expect(rms(await sound(at('conformed.mp4')), 0, 1)).toBe(0)
  })

  it('keeps the sound, in both ears', async () => {
    await conform(await clip('mono.mp4', { fps: '30', encoding: ['-ar', '44100', '-ac', '1'] }))
    for (const ear of [0, 1]) expect(rms(await sound(at('conformed.mp4'), ear), 0.1, 0.9)).toBeGreaterThan(0.05)
  })

  it('shows a portrait picture whole, before a dimmed copy of itself', async () => {
    await conform(await clip('white.mp4', { size: '180x320', color: 'white' }))
    const [middle] = await colors(at('conformed.mp4'), '60:160:130:10')
    const [side] = await colors(at('conformed.mp4'), '60:160:10:10')
    expect(middle).toBe('white')
    expect(side).toMatch(/^(1[67]\d),\1,\1$/)
  })

  it('fills the frame with a picture of nearly the same shape', async () => {
    await conform(await clip('near.mp4', { size: '326x180', color: 'white' }))
    for (const edge of ['4:180:0:0', '4:180:316:0']) expect(await colors(at('conformed.mp4'), edge)).toContain('white')
  })

  it('turns the picture upright', async () => {
    const stored = await clip('stored.mp4', {
      size: '180x320',
      color: 'red',
      encoding: ['-vf', 'drawbox=w=180:h=160:color=blue:t=fill'],
    })
    await ffmpeg('-display_rotation', '-90', '-i', stored, '-c', 'copy', at('turned.mp4'))
    await conform(at('turned.mp4'))
    await expectConformed(24)
    // What was on top is on the right after a quarter turn clockwise, and the frame is full.
    expect((await colors(at('conformed.mp4'), '100:180:0:0'))[0]).toMatch(/^(red|25\d,\d,\d)$/)
    expect((await colors(at('conformed.mp4'), '100:180:220:0'))[0]).toBe('blue')
  })

  it('holds the last frame of a clip that is a little short', async () => {
    const encoding = ['-vf', "drawbox=w=320:h=180:color=red:t=fill:enable='gte(n,17)'"]
    await conform(await clip('short.mp4', { seconds: 0.75, color: 'blue', encoding }))
    const shown = await colors(at('conformed.mp4'))
    expect(shown.slice(0, 17)).toEqual(Array(17).fill('blue'))
    expect(new Set(shown.slice(17))).toEqual(new Set(['red']))
  })

  it('refuses a clip that is far too short, and names both durations', async () => {
    await expect(conform(await clip('stub.mp4', { seconds: 0.5 }), 2)).rejects.toMatchObject({
      kind: 'unreadable',
      message: 'The clip lasts 0.50 s and the scene 2.00 s: its end is missing. Fetch or render it again.',
    })
  })

  it('refuses a truncated download even when enough of it is left', async () => {
    const whole = await readFile(await clip('faststart.mp4', { seconds: 2, encoding: ['-movflags', '+faststart'] }))
    await writeFile(at('truncated.mp4'), whole.subarray(0, whole.length - 5000))
    await expect(conform(at('truncated.mp4'))).rejects.toThrow('The file is cut short')
  })

  it('refuses sound without a picture', async () => {
    await ffmpeg('-f', 'lavfi', '-i', 'sine=440:d=1', at('sound.m4a'))
    await expect(conform(at('sound.m4a'))).rejects.toThrow('The clip holds sound but no picture')
  })
})
