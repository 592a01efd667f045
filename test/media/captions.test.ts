import { writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { trackVtt } from '../../domain/captions.ts'
import { HOSTILE_TEXTS } from './hostile-texts.ts'
import { PROFILE, setUp } from './support.ts'

const { media, ffmpeg, at, clip } = await setUp()

const TEXTS = [
  'Plain',
  '{\\an8}top',
  '<b>bold</b> & more',
  'a\\Nb',
  '00:00:01.000 --> 00:00:02.000',
  'שלום 🏡 中文',
  "it's: 100%",
]
const SHOWN = TEXTS.map((text) => text.replaceAll('{', '｛').replaceAll('}', '｝').replaceAll('\\', '＼'))

describe('soft captions', () => {
  it('are a track of the film that says what was written, also with music under it', async () => {
    const clips = [{ path: await clip('one.mp4', { seconds: 4 }), frames: 96 }]
    const captions = at('captions.vtt')
    const cues = TEXTS.map((text, index) => ({ start: index / 2, end: (index + 1) / 2, text }))
    await writeFile(captions, trackVtt(cues))
    await media.stitch({ clips, profile: PROFILE, output: at('film.mp4'), lossless: at('sound.flac'), captions })
    expect(await said(at('film.mp4'))).toEqual(SHOWN)
    expect((await media.probe(at('film.mp4'))).video?.frames).toBe(96)

    await ffmpeg('-f', 'lavfi', '-i', 'sine=220:r=48000:d=4', '-ac', '2', at('music.wav'))
    const input = at('music.wav')
    const fitted = { input, videoSeconds: 4, mode: 'trim' as const, fadeSeconds: 0.5, output: at('fitted.wav') }
    const loudness = await media.fitSoundtrack(fitted)
    await media.mergeSoundtrack({
      ...{ video: at('film.mp4'), sound: at('sound.flac'), soundtrack: at('fitted.wav'), loudness, fadeSeconds: 0.5 },
      output: at('scored.mp4'),
    })
    expect(await said(at('scored.mp4'))).toEqual(SHOWN)
  })

  it('take any text', async () => {
    const clips = [{ path: await clip('one.mp4'), frames: 24 }]
    const captions = at('hostile.vtt')
    await writeFile(
      captions,
      trackVtt(HOSTILE_TEXTS.map((text) => ({ start: 0, end: 1, text: text.replaceAll(/\s+/g, ' ') }))),
    )
    await media.stitch({ clips, profile: PROFILE, output: at('hostile.mp4'), lossless: at('sound.flac'), captions })
    expect((await said(at('hostile.mp4'))).length).toBeGreaterThan(0)
  })
})

/** The texts of a film's captions, as they are stored: each after its length in bytes, 0 where none is shown. */
async function said(film: string): Promise<string[]> {
  const track = await ffmpeg('-i', film, '-map', '0:s:0', '-c', 'copy', '-f', 'data', '-')
  const texts: string[] = []
  for (let at = 0; at + 2 <= track.length; ) {
    const length = track.readUInt16BE(at)
    const text = track.toString('utf8', at + 2, at + 2 + length)
    at += 2 + length
    if (text) texts.push(text)
  }
  return texts
}
