/** Clips as providers, phones and accidents make them: each becomes a clip of the film, or is refused in a sentence. */
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { MediaError } from '../../media/index.ts'
import { matchesProfile, type OutputProfile } from '../../media/profile.ts'
import { PROFILE, setUp } from './support.ts'

const { media, ffmpeg, at, clip, colors, frameHashes, leftovers } = await setUp()

const conform = (input: string, profile: OutputProfile = PROFILE, durationSeconds = 1) =>
  media.conformClip({ input, output: at('conformed.mp4'), profile, durationSeconds })

const HEVC = ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none', '-tag:v', 'hvc1']
const HDR = (transfer: string) => [
  ...[...HEVC.slice(0, 4), '-x265-params', `log-level=none:colorprim=bt2020:transfer=${transfer}:colormatrix=bt2020nc`],
  ...['-tag:v', 'hvc1', '-profile:v', 'main10', '-pix_fmt', 'yuv420p10le'],
  ...['-color_primaries', 'bt2020', '-color_trc', transfer, '-colorspace', 'bt2020nc'],
]
/** HDR of which only the transfer is tagged, as some encoders leave it. */
const HALF_TAGGED = (transfer: string) => [
  ...[...HEVC.slice(0, 4), '-x265-params', `log-level=none:transfer=${transfer}`],
  ...['-tag:v', 'hvc1', '-profile:v', 'main10', '-pix_fmt', 'yuv420p10le', '-color_trc', transfer],
]

describe('a clip is brought to the profile', () => {
  it.each([
    ['23.976 fps', { fps: '24000/1001' }],
    ['25 fps', { fps: '25' }],
    ['50 fps', { fps: '50' }],
    ['60 fps', { fps: '60' }],
    ['HEVC', { encoding: [...HEVC, '-profile:v', 'main'] }],
    ['10-bit HEVC', { encoding: [...HEVC, '-profile:v', 'main10', '-pix_fmt', 'yuv420p10le'] }],
    ['HDR as PQ', { encoding: HDR('smpte2084') }],
    ['HDR as HLG', { encoding: HDR('arib-std-b67') }],
    ['PQ that tags nothing else', { encoding: HALF_TAGGED('smpte2084') }],
    ['HLG that tags nothing else', { encoding: HALF_TAGGED('arib-std-b67') }],
    ['AV1', { encoding: ['-c:v', 'libsvtav1', '-preset', '12', '-profile:v', '0'] }],
    ['MPEG-4', { encoding: ['-c:v', 'mpeg4', '-profile:v', '0'] }],
    ['4:2:2', { encoding: ['-pix_fmt', 'yuv422p', '-profile:v', 'high422'] }],
    ['5.1 sound', { encoding: ['-ac', '6'] }],
    ['sound at 8 kHz', { encoding: ['-ar', '8000', '-ac', '1'] }],
    ['MP3 sound', { encoding: ['-c:a', 'libmp3lame', '-ar', '44100'] }],
    ['a very wide picture', { size: '1000x100' }],
    ['a very small picture', { size: '16x16' }],
    ['4K', { size: '3840x2160' }],
  ])('with %s', async (_, options) => {
    expect(await conform(await clip('animal.mp4', options))).toEqual({ frames: 24, durationSeconds: 1, changed: true })
    const info = await media.probe(at('conformed.mp4'))
    expect(matchesProfile(info, PROFILE)).toBe(true)
    expect(await frameHashes(at('conformed.mp4'))).toHaveLength(24)
    expect(Math.abs((info.audio?.durationSeconds ?? 0) - 1)).toBeLessThan(1 / 24)
    expect(await leftovers()).toEqual([])
  })

  it('with one frame, where the scene is no longer than half a second more', async () => {
    const input = await clip('frame.mp4', { seconds: 1 / 24, tone: 0 })
    expect(await conform(input, PROFILE, 0.5)).toMatchObject({ frames: 12, changed: true })
    expect(await frameHashes(at('conformed.mp4'))).toHaveLength(12)
  })

  it('whatever its file is called', async () => {
    await copyFile(await clip('named.mp4', { fps: '30' }), at('named.avi'))
    expect(await conform(at('named.avi'))).toMatchObject({ frames: 24 })
  })

  it('with the light of HDR where a film has it, not faded', async () => {
    // White paper: 203 of 10,000 cd/m² by BT.2408, which PQ encodes as 58 % of its range.
    const paper = ['-vf', 'format=yuv420p10le,lutyuv=y=64+876*0.58:u=512:v=512', ...HDR('smpte2084')]
    await conform(await clip('paper.mp4', { color: 'white', encoding: paper }))
    const [shown = ''] = await colors(at('conformed.mp4'))
    const grey = shown === 'white' ? 255 : Number(shown.split(',')[0])
    expect(grey).toBeGreaterThan(150)
  })
})

describe('a picture of another shape', () => {
  const portrait = () => clip('portrait.mp4', { size: '180x320', color: 'white' })

  it('is cut to fill the frame where that is asked for', async () => {
    await conform(await portrait(), { ...PROFILE, fit: 'crop' })
    expect((await colors(at('conformed.mp4'), '20:180:0:0'))[0]).toBe('white')
  })

  it('is shown whole on black where that is asked for', async () => {
    await conform(await portrait(), { ...PROFILE, fit: 'pad' })
    expect((await colors(at('conformed.mp4'), '20:180:0:0'))[0]).toBe('black')
    expect((await colors(at('conformed.mp4'), '60:160:130:10'))[0]).toBe('white')
  })

  it.each([
    { width: 180, height: 320 },
    { width: 180, height: 180 },
  ])('fills a film of $width × $height', async (size) => {
    for (const fit of ['blur', 'crop', 'pad'] as const) {
      const profile = { ...PROFILE, ...size, fit }
      await conform(await clip('wide.mp4', { size: '320x180' }), profile)
      expect(matchesProfile(await media.probe(at('conformed.mp4')), profile)).toBe(true)
    }
  })
})

describe('what is no clip is refused in a sentence', () => {
  const refusal = (input: string, durationSeconds = 1) =>
    conform(input, PROFILE, durationSeconds).then(
      () => expect.fail('it was taken'),
      (error: unknown) => error as MediaError,
    )

  it.each<[string, () => Promise<string>]>([
    ['nothing', () => writeFile(at('empty.mp4'), '').then(() => at('empty.mp4'))],
    ['a page', () => writeFile(at('page.mp4'), '<html>Not found</html>').then(() => at('page.mp4'))],
    ['noise', () => writeFile(at('noise.mp4'), Buffer.alloc(5000, 7)).then(() => at('noise.mp4'))],
    ['a playlist', () => writeFile(at('list.mp4'), '#EXTM3U\n/etc/passwd\n').then(() => at('list.mp4'))],
    [
      'half of a file',
      async () => {
        const whole = await readFile(await clip('whole.mp4', { seconds: 2 }))
        await writeFile(at('half.mp4'), whole.subarray(0, whole.length / 2))
        return at('half.mp4')
      },
    ],
    [
      'another container',
      async () => {
        await ffmpeg(
          '-f',
          'lavfi',
          '-i',
          'testsrc2=d=1',
          '-c:v',
          'libvpx-vp9',
          '-deadline',
          'realtime',
          at('real.webm'),
        )
        await copyFile(at('real.webm'), at('webm.mp4'))
        return at('webm.mp4')
      },
    ],
  ])('%s', async (_, make) => {
    const error = await refusal(await make())
    expect(error).toBeInstanceOf(MediaError)
    expect(error.kind).toBe('unreadable')
    expect(error.message).toMatch(/^[A-Z].*\.$/s)
    expect(error.message).not.toContain(at(''))
    expect(await leftovers()).toEqual([])
  })

  it('one frame for a scene of seconds', async () => {
    expect((await refusal(await clip('stub.mp4', { seconds: 1 / 24, tone: 0 }), 4)).message).toContain(
      'its end is missing',
    )
  })
})
