import { readFile } from 'node:fs/promises'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import type { Media } from '../../media/index.ts'
import { startMediaProcess } from '../../media/process/start.ts'
import { setUp } from './support.ts'

const { tools, media, ffmpeg, at, clip, frameHashes } = await setUp()

const picture = (name: string, source: string) =>
  ffmpeg('-f', 'lavfi', '-i', source, '-frames:v', '1', at(name)).then(() => at(name))

describe('a preview', () => {
  it('moves through the whole film, small, for ever', async () => {
    const halves = ['-vf', "drawbox=w=iw:h=ih:color=red:t=fill:enable='gte(t,6)'"]
    const input = await clip('film.mp4', { seconds: 12, size: '1280x720', color: 'blue', encoding: halves })
    await media.preview({ input, output: at('preview.webp') })
    const { format, width, height, pages = 0, loop } = await sharp(at('preview.webp'), { animated: true }).metadata()
    expect({ format, width, loop }).toEqual({ format: 'webp', width: 480, loop: 0 })
    expect(height).toBe(270 * pages)
    const color = async (page: number) => (await sharp(at('preview.webp'), { page }).stats()).dominant
    expect(await color(0)).toMatchObject({ r: 8, b: 248 })
    expect(await color(pages - 1)).toMatchObject({ r: 248, b: 8 })
  })

  it('shows a short film as it is', async () => {
    await media.preview({ input: await clip('short.mp4', { seconds: 1 }), output: at('short.webp') })
    expect((await sharp(at('short.webp'), { animated: true }).metadata()).pages).toBeGreaterThan(5)
  })
})

it('a film for HLS is the same film, cut at its keyframes, its segments one after the other in one file', async () => {
  const input = await clip('long.mp4', { seconds: 10, encoding: ['-g', '24', '-bf', '2'] })
  await media.hls({ input, playlist: at('film.m3u8'), segments: at('segments.mp4') })
  const playlist = await readFile(at('film.m3u8'), 'utf8')
  expect(playlist.match(/#EXTINF:([\d.]+)/g)).toEqual(['#EXTINF:4.000000', '#EXTINF:4.000000', '#EXTINF:2.000000'])
  const ranges = [...playlist.matchAll(/BYTERANGE[:=]"?(\d+)@(\d+)/g)].map(([, length, start]) => [
    Number(start),
    Number(length),
  ])
  const whole = await readFile(at('segments.mp4'))
  const ends = ranges.map(([start = 0, length = 0]) => start + length)
  expect(ranges.map(([start]) => start)).toEqual([0, ...ends.slice(0, -1)])
  expect(ends.at(-1)).toBe(whole.length)
  expect(await frameHashes(at('segments.mp4'))).toEqual(await frameHashes(input))
})

it('a film whose segments are more than they may be is refused', async () => {
  const input = await clip('large.mp4', { seconds: 2 })
  const refused = media.hls({ input, playlist: at('large.m3u8'), segments: at('large-segments.mp4'), maxBytes: 20_000 })
  await expect(refused).rejects.toMatchObject({
    kind: 'failed',
    message: expect.stringContaining('more than the 20000 bytes'),
  })
  await expect(readFile(at('large.m3u8'))).rejects.toThrow('ENOENT')
})

describe('the best of several stills', () => {
  it('is neither black, nor burnt out, nor blurred', async () => {
    const black = await picture('black.png', 'color=black:s=640x360')
    const white = await picture('white.png', 'color=white:s=640x360')
    const blurred = await picture('blurred.png', 'testsrc2=s=640x360,gblur=sigma=12')
    const sharpOne = await picture('sharp.png', 'testsrc2=s=640x360')
    const darker = await picture('darker.png', 'testsrc2=s=640x360,lutyuv=y=val*0.25')
    expect(await media.bestStill({ stills: [black, white, blurred, sharpOne, darker] })).toBe(3)
    expect(await media.bestStill({ stills: [darker, blurred, sharpOne] })).toBe(2)
  })

  it('is the first where all are as good', async () => {
    const same = await picture('same.png', 'testsrc2=s=640x360')
    expect(await media.bestStill({ stills: [same, same] })).toBe(0)
    const black = await picture('night.png', 'color=black:s=64x36')
    expect(await media.bestStill({ stills: [black, black] })).toBe(0)
  })
})

describe('a contact sheet', () => {
  it('shows the scenes in rows, whatever their words are', async () => {
    const red = await picture('red.png', 'color=red:s=160x90')
    const tiles = ['<b>&amp;', "100% 'quoted': \\n", '🏡 שלום مرحبا 你好', '', 'x'.repeat(500)].map((heading) => ({
      ...{ picture: red, heading, text: heading },
    }))
    await media.contactSheet({ title: 'A <i>film</i>', subtitle: '', tiles, aspect: 16 / 9, output: at('sheet.png') })
    const sheet = sharp(at('sheet.png'))
    expect(await sheet.metadata()).toMatchObject({ format: 'png', width: 96 + 3 * 400 + 2 * 28 })
    const tile = await sheet
      .extract({ left: 48 + 428, top: 152, width: 400, height: 225 })
      .png()
      .toBuffer()
    expect((await sharp(tile).stats()).dominant).toMatchObject({ r: 248, g: 8, b: 8 })
  })

  it('keeps long words in their place', async () => {
    const tiles = ['A', 'B'].map((heading) => ({
      picture: null,
      heading: heading.repeat(80),
      text: 'word '.repeat(80),
    }))
    const title = 'A campaign whose name is as long as names can get, and longer'
    await media.contactSheet({ title, subtitle: 'two scenes', tiles, aspect: 16 / 9, output: at('long.png') })
    // Nothing between the title and the subtitle, and nothing below the tiles' two lines.
    const blank = (top: number, height: number) => sharp(at('long.png')).extract({ left: 0, top, width: 900, height })
    for (const [top, height] of [
      [94, 5],
      [152 + 225 + 86, 20],
    ] as const) {
      const { channels } = await sharp(await blank(top, height).png().toBuffer()).stats()
      expect(Math.min(...channels.map(({ min }) => min)), String(top)).toBeGreaterThan(200)
    }
  })

  it('leaves the fonts of films as they are', async () => {
    const drawn = async (name: string, before?: (media: Media) => Promise<unknown>) => {
      const { media: own, close } = startMediaProcess(tools)
      try {
        await before?.(own)
        const size = { width: 320, height: 180, price: null, callToAction: null, caption: null }
        const brand = { accent: null, text: null, bar: null, logo: null, logoCorner: null }
        await own.drawWords({ ...size, title: 'かな 가나 你好', brand, output: at(name) })
      } finally {
        close()
      }
      return sharp(at(name)).ensureAlpha().raw().toBuffer()
    }
    const sheet = { title: 'Film', subtitle: '', tiles: [], aspect: 1, output: at('before.png') }
    const after = await drawn('after.png', (own) => own.contactSheet(sheet))
    expect(after.equals(await drawn('alone.png'))).toBe(true)
  })

  it('leaves a place plain whose picture is missing or can not be read', async () => {
    const tiles = [null, at('nowhere.jpg')].map((missing) => ({ picture: missing, heading: 'One', text: 'Two' }))
    await media.contactSheet({ title: 'Film', subtitle: '', tiles, aspect: 9 / 16, output: at('plain.png') })
    expect((await sharp(at('plain.png')).metadata()).width).toBeGreaterThan(400)
  })
})
