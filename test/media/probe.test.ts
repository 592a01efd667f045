import { readFile, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { setUp } from './support.ts'

const { media, ffmpeg, at, clip, frameHashes } = await setUp()

describe('probe', () => {
  it('reads what the conforming goes by', async () => {
    const path = await clip('plain.mp4', { seconds: 2, encoding: ['-g', '12'] })
    const info = await media.probe(path, { demuxer: 'mov' })
    expect(info).toMatchObject({ container: 'mov', durationSeconds: 2 })
    expect(info.video).toMatchObject({ codec: 'h264', codecProfile: 'High', width: 320, height: 180, frames: 48 })
    expect(info.video).toMatchObject({ fps: { num: 24, den: 1 }, constantRate: true, gopSeconds: 0.5, rotation: 0 })
    expect(info.video).toMatchObject({ pixelFormat: 'yuv420p', timebase: { num: 1, den: 12288 }, startSeconds: 0 })
    expect(info.audio).toMatchObject({ codec: 'aac', sampleRate: 48000, channels: 2, durationSeconds: 2 })
  })

  it('counts the frames that are shown, not those that an edit list hides', async () => {
    const path = await clip('whole.mp4', { seconds: 2, tone: 0 })
    await ffmpeg('-ss', '0.5', '-i', path, '-c', 'copy', at('cut.mp4'))
    const { video } = await media.probe(at('cut.mp4'))
    expect(video?.frames).toBe((await frameHashes(at('cut.mp4'))).length)
    expect(video?.frames).toBeLessThan(48)
  })

  it('tells an uneven frame rate from an even one', async () => {
    const path = await clip('uneven.mp4', {
      tone: 0,
      encoding: ['-vf', "select='lt(n,6)+not(mod(n,3))'", '-fps_mode', 'vfr'],
    })
    expect((await media.probe(path)).video?.constantRate).toBe(false)
  })

  it('reads 29.97 fps as the fraction that it is', async () => {
    const path = await clip('ntsc.mp4', { fps: '30000/1001' })
    expect((await media.probe(path)).video?.fps).toEqual({ num: 30000, den: 1001 })
  })

  it('says which way a phone turned its picture', async () => {
    const path = await clip('stored.mp4', { size: '180x320', tone: 0 })
    await ffmpeg('-display_rotation', '-90', '-i', path, '-c', 'copy', at('turned.mp4'))
    expect((await media.probe(at('turned.mp4'))).video?.rotation).toBe(90)
  })

  it.each(['mp3', 'wav', 'flac', 'ogg', 'm4a', 'mkv', 'aac'])('reads %s by its first bytes', async (extension) => {
    const path = at(`tone.${extension}`)
    await ffmpeg('-f', 'lavfi', '-i', 'sine=440:d=1', path)
    const { audio } = await media.probe(path)
    expect(audio?.durationSeconds).toBeGreaterThan(0.95)
    expect(audio?.durationSeconds).toBeLessThan(1.1)
  })
})

describe('probe refuses', () => {
  it.each([
    ['an empty file', '', 'The file is empty'],
    ['a playlist that calls itself MP4', '#EXTM3U\n#EXTINF:5,\nfile:///etc/hostname\n', 'neither video nor audio'],
    ['a concat list', "ffconcat version 1.0\nfile '/etc/hostname'\n", 'neither video nor audio'],
    ['a web page', '<!doctype html><title>Not found</title>', 'neither video nor audio'],
    [
      'a file that only begins like an MP4',
      '\0\0\0\x20ftypisom and then nothing of the kind',
      "can't be read|no index",
    ],
  ])('%s', async (what, text, sentence) => {
    const path = at(`${what.replaceAll(' ', '-')}.mp4`)
    await writeFile(path, text)
    await expect(media.probe(path)).rejects.toMatchObject({
      name: 'MediaError',
      kind: 'unreadable',
      message: expect.stringMatching(sentence),
    })
  })

  it.each([
    ['with its index in front', ['-movflags', '+faststart'], 'cut short: its end is missing'],
    ['with its index at the end', [], 'has no index'],
  ])('a truncated file %s', async (_, encoding, sentence) => {
    const whole = await readFile(await clip('whole-for-cutting.mp4', { encoding }))
    await writeFile(at('truncated.mp4'), whole.subarray(0, Math.floor(whole.length * 0.7)))
    await expect(media.probe(at('truncated.mp4'))).rejects.toMatchObject({
      kind: 'unreadable',
      message: expect.stringContaining(sentence),
    })
  })

  it('another container than the one asked for', async () => {
    await ffmpeg('-f', 'lavfi', '-i', 'sine=440:d=0.2', at('sound.wav'))
    await expect(media.probe(at('sound.wav'), { demuxer: 'mov' })).rejects.toThrow('The file is not an MP4 video')
  })

  it('a picture with too many pixels, and a film that is too long', async () => {
    await ffmpeg(
      '-f',
      'lavfi',
      '-i',
      'color=s=8192x4400:r=1:d=1',
      '-c:v',
      'mjpeg',
      '-pix_fmt',
      'yuvj420p',
      at('huge.mp4'),
    )
    await expect(media.probe(at('huge.mp4'))).rejects.toThrow(/8192 × 4400 pixels, more than/)
    await ffmpeg(
      '-f',
      'lavfi',
      '-i',
      'color=s=64x64:r=1/2000:d=4000',
      '-c:v',
      'mjpeg',
      '-pix_fmt',
      'yuvj420p',
      at('long.mp4'),
    )
    await expect(media.probe(at('long.mp4'))).rejects.toThrow('The file lasts 4000 s, and 3600 s is the most')
  })

  it('to say where the file is', async () => {
    await writeFile(at('garbage.mp4'), '\0\0\0\x20ftypisom garbage')
    const error = await media.probe(at('garbage.mp4')).catch((caught: Error) => caught)
    expect(error).toHaveProperty('message', expect.not.stringContaining('/'))
  })
})
