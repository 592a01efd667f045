import { execFile } from 'node:child_process'
import { chmod, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import sharp from 'sharp'
import { afterAll, describe, expect, it } from 'vitest'
import { createMedia } from '../../media/index.ts'
import { startMediaProcess } from '../../media/process/start.ts'
import { contrast, INK, type Rgb, textOn, WHITE } from '../../media/words/colors.ts'
import type { WordsRequest } from '../../media/words/draw-words.ts'
import { drawable } from '../../media/words/drawable.ts'
import { type Box, measuresOf, placeBlocks, placeLogo } from '../../media/words/layout.ts'
import { HOSTILE_TEXTS } from './hostile-texts.ts'
import { PROFILE, setUp } from './support.ts'

const { tools, media, ffmpeg, at, clip } = await setUp()
// Words are drawn where they are drawn in earnest: fontconfig is set up once a process.
const { media: drawing, close } = startMediaProcess(tools)
afterAll(() => close())

const BRAND = { accent: null, text: null, bar: null, logo: null, logoCorner: null }
const NOTHING = { title: null, price: null, callToAction: null, caption: null, brand: BRAND }
const SIZE = { width: PROFILE.width, height: PROFILE.height }

const draw = (name: string, words: Partial<WordsRequest>) =>
  drawing.drawWords({ ...NOTHING, ...SIZE, ...words, output: at(name) })

/** A drawn picture on a ground of one colour: the channels of its pixels. */
async function pixels(name: string, background: string) {
  const { data, info } = await sharp(at(name)).flatten({ background }).raw().toBuffer({ resolveWithObject: true })
  const pixel = (x: number, y: number) =>
    [0, 1, 2].map((channel) => data[3 * (y * info.width + x) + channel]) as unknown as Rgb
  return { ...info, pixel }
}

describe('drawWords', () => {
  it('draws with glyphs, not with boxes for missing ones, in any script', async () => {
    const samples = [
      'Ж',
      'Ω',
      'ệ',
      'م',
      'ש',
      'ह',
      'ব',
      'த',
      'త',
      'ไ',
      '中',
      '語',
      'で',
      '한',
      '😀',
      '👍🏽',
      'ქ',
      'Հ',
      '₪',
      '₹',
    ]
    // No font has it, so it shows that a box is told from a glyph.
    const missing = '\u{10fffd}'
    const hashes = async (fonts: string, texts: string[]): Promise<string[]> => {
      const script = path.join(import.meta.dirname, 'draw-glyphs.ts')
      const args = [script, fonts, JSON.stringify(texts), at(`fonts-${fonts}`)]
      return JSON.parse((await promisify(execFile)(process.execPath, args)).stdout)
    }
    const drawn = await hashes('bundled', [...samples, missing])
    // What Inter has is drawn alike; of anything else it shows the box.
    const boxes = await hashes('inter', [...samples, missing])
    expect(drawn.at(-1)).toBe(boxes.at(-1))
    const inter = ['Ж', 'Ω', 'ệ', '₪', '₹']
    for (const [index, sample] of samples.entries()) {
      if (inter.includes(sample)) expect(drawn[index], sample).toBe(boxes[index])
      else expect(drawn[index], sample).not.toBe(boxes[index])
    }
    expect(new Set(drawn).size).toBe(drawn.length)
  })

  it.each(HOSTILE_TEXTS.map((text) => [JSON.stringify(text).slice(0, 60), text]))(
    'draws or passes over %s',
    async (_, text) => {
      await rm(at('hostile.png'), { force: true })
      const { drawn } = await draw('hostile.png', { title: text, price: text, callToAction: text, caption: text })
      expect(drawn).toBe(drawable(text) !== '')
      if (!drawn) return expect(readFile(at('hostile.png'))).rejects.toThrow('ENOENT')
      expect(await sharp(at('hostile.png')).metadata()).toMatchObject({ format: 'png', ...SIZE, hasAlpha: true })
      // Whatever is as bright as text stands inside the safe area.
      const { safe } = measuresOf(SIZE)
      const [inner, background] = [{ left: safe.side, top: safe.top }, '#000000']
      const size = { width: SIZE.width - 2 * safe.side, height: SIZE.height - safe.top - safe.bottom }
      const cover = await sharp({ create: { ...size, channels: 3, background } })
        .png()
        .toBuffer()
      const outside = sharp(await sharp(at('hostile.png')).flatten({ background }).png().toBuffer())
      const { channels } = await sharp(
        await outside
          .composite([{ input: cover, ...inner }])
          .png()
          .toBuffer(),
      ).stats()
      expect(Math.max(...channels.slice(0, 3).map(({ max }) => max))).toBeLessThan(64)
    },
  )

  it.each([
    ['16:9', 1280, 720],
    ['9:16', 720, 1280],
    ['1:1', 720, 720],
  ])('can be read on a white picture, %s', async (_, width, height) => {
    const words = { title: 'A house by the lake', caption: 'The kitchen opens to the water', width, height }
    await draw('light.png', words)
    const { pixel } = await pixels('light.png', '#ffffff')
    const { safe } = measuresOf({ width, height })
    // The shade that the title's letters stand in. And the caption's plate, below its letters.
    const rows = Array.from({ length: height }, (_, y) => y)
    const letters = rows.filter((y) => Math.min(...pixel(safe.side + 4, y)) > 250 && Math.max(...pixel(4, y)) < 250)
    expect(letters.length).toBeGreaterThan(10)
    for (const y of letters) expect(contrast(WHITE, pixel(width - 4, y))).toBeGreaterThan(3)
    expect(contrast(WHITE, pixel(width / 2, height - safe.bottom - 3))).toBeGreaterThan(7)
  })

  it('reads a logo, and says why it does not', async () => {
    await sharp({ create: { width: 200, height: 100, channels: 3, background: '#ff0000' } })
      .png()
      .toFile(at('logo.png'))
    expect(await draw('branded.png', { brand: { ...BRAND, logo: at('logo.png') } })).toEqual({
      drawn: true,
      logoProblem: null,
    })
    const { pixel, width } = await pixels('branded.png', '#000000')
    const { safe } = measuresOf(SIZE)
    expect(pixel(width - safe.side - 4, safe.top + 4)).toEqual([255, 0, 0])

    await writeFile(at('logo.svg'), '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    const brand = { ...BRAND, logo: at('logo.svg') }
    expect(await draw('unbranded.png', { title: 'Spring', brand })).toEqual({
      drawn: true,
      logoProblem: 'format svg is not read',
    })
    expect((await draw('nothing.png', { brand })).drawn).toBe(false)
  })

  it('takes less than 150 ms of computing for a frame of 720p', async () => {
    const script = `
      const { drawWords } = await import('../../media/words/draw-words.ts')
      const [tempDir, output] = process.argv.slice(1)
      const brand = ${JSON.stringify(BRAND)}
      const words = { title: 'Twelve bright flats by the water', price: '€349,000', callToAction: 'Book a viewing', caption: null }
      const took = []
      for (let run = 0; run < 6; run++) {
        const before = process.cpuUsage()
        await drawWords({ tempDir }, { width: 1280, height: 720, ...words, brand, output })
        const { user, system } = process.cpuUsage(before)
        took.push((user + system) / 1000)
      }
      console.log(Math.min(...took))`
    const args = ['--input-type=module', '-e', script, at('speed'), at('speed.png')]
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: import.meta.dirname })
    expect(Number(stdout)).toBeLessThan(150)
  })
})

describe('the layout of words', () => {
  const frames = fc.constantFrom(
    [1280, 720],
    [720, 1280],
    [720, 720],
    [1920, 1080],
    [1080, 1920],
    [512, 512],
    [320, 180],
  )
  const part = fc.option(fc.tuple(fc.constantFrom(0.02, 0.2, 0.6, 1), fc.constantFrom(0.02, 0.2, 0.6, 1)), {
    nil: undefined,
    freq: 8,
  })

  it('keeps all blocks inside the safe area and apart from each other, however large they are', () => {
    fc.assert(
      fc.property(
        frames,
        fc.tuple(part, part, part, part),
        fc.boolean(),
        ([width = 0, height = 0], parts, rightToLeft) => {
          const frame = { width, height }
          const measures = measuresOf(frame)
          const size = (index: number, most: { width: number; height: number; padding?: { x: number; y: number } }) => {
            const [wide, high] = parts[index] ?? []
            if (!wide || !high) return undefined
            const { x, y } = most.padding ?? { x: 0, y: 0 }
            return { width: Math.ceil(wide * most.width) + 2 * x, height: Math.ceil(high * most.height) + 2 * y }
          }
          const { title, price, callToAction, caption, logo, safe } = measures
          const blocks = {
            title: size(0, title),
            price: size(1, price),
            callToAction: size(2, callToAction),
            caption: size(3, caption),
          }
          const boxes = [
            ...Object.values(placeBlocks(frame, blocks, rightToLeft)),
            placeLogo(frame, logo, null, rightToLeft),
          ].filter((box): box is Box => box !== undefined)
          for (const box of boxes) {
            expect(box.left).toBeGreaterThanOrEqual(safe.side)
            expect(box.top).toBeGreaterThanOrEqual(safe.top)
            expect(box.left + box.width).toBeLessThanOrEqual(width - safe.side)
            expect(box.top + box.height).toBeLessThanOrEqual(height - safe.bottom)
          }
          for (const [index, one] of boxes.entries()) {
            for (const other of boxes.slice(index + 1)) expect(overlap(one, other)).toBe(false)
          }
        },
      ),
    )
  })

  it('chooses a text that can be read on any accent', () => {
    const color = fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: 0, max: 255 }))) as unknown as fc.Arbitrary<Rgb>
    fc.assert(
      fc.property(color, fc.option(color), (accent, wanted) => {
        expect(contrast(accent, textOn(accent, wanted))).toBeGreaterThanOrEqual(3)
      }),
    )
    expect(textOn([228, 87, 46], WHITE)).toEqual(WHITE)
    expect(textOn([255, 255, 255], WHITE)).toEqual(INK)
  })
})

const overlap = (a: Box, b: Box) =>
  a.left < b.left + b.width && b.left < a.left + a.width && a.top < b.top + b.height && b.top < a.top + a.height

describe('conformClip with words', () => {
  const words = { startSeconds: 0, endSeconds: 1, hold: false }
  const conform = (input: string, output: string, shown: Partial<typeof words & { path: string }> = {}) =>
    media.conformClip({
      ...{ input, output, profile: PROFILE, durationSeconds: 1 },
      words: { path: at('words.png'), ...words, ...shown },
    })

  it('lays them over the picture as plain ffmpeg does, and fades them in and out', async () => {
    const input = at('photo.mp4')
    const photo = path.join(import.meta.dirname, '../fixtures/photos/china.jpg')
    const still = ['-loop', '1', '-framerate', '24', '-i', photo, '-vf', 'crop=iw:iw*9/16,scale=320:180,setsar=1']
    await ffmpeg(...still, '-frames:v', '24', '-pix_fmt', 'yuv420p', '-c:v', 'libx264', '-crf', '4', input)
    await draw('words.png', { title: 'A house by the lake', price: '€349,000', caption: 'Book a viewing' })
    expect(await conform(input, at('worded.mp4'))).toMatchObject({ frames: 24, changed: true })
    const reference = [
      '-i',
      at('words.png'),
      '-filter_complex',
      '[0:v][1:v]overlay=0:0',
      '-c:v',
      'libx264',
      '-crf',
      '4',
    ]
    await ffmpeg('-i', input, ...reference, at('reference.mp4'))

    const likeness = await similarity(at('worded.mp4'), at('reference.mp4'))
    const untouched = await similarity(at('worded.mp4'), input)
    for (const frame of likeness.slice(7, 17)) expect(frame).toBeGreaterThan(0.98)
    for (const frame of untouched.slice(7, 17)) expect(frame).toBeLessThan(0.95)
    for (const frame of [untouched.at(0), untouched.at(-1)]) expect(frame).toBeGreaterThan(0.96)
    expect(likeness.at(0)).toBeLessThan(0.95)
  })

  it('holds them to the end of a last scene', async () => {
    const input = await clip('plain.mp4', { color: 'black' })
    await sharp({ create: { ...SIZE, channels: 4, background: '#ffffff' } })
      .png()
      .toFile(at('words.png'))
    await conform(input, at('held.mp4'), { hold: true, startSeconds: 0.25, endSeconds: 0.5 })
    const mean = await brightness(at('held.mp4'))
    expect(mean.slice(0, 6)).toEqual(Array(6).fill(0))
    expect(mean.at(-1)).toBe(255)
  })

  it('shows them only while the scene is by itself', async () => {
    const input = await clip('plain.mp4', { color: 'black' })
    await conform(input, at('window.mp4'), { startSeconds: 0.25, endSeconds: 0.75 })
    const mean = await brightness(at('window.mp4'))
    expect([...mean.slice(0, 6), ...mean.slice(19)]).toEqual(Array(11).fill(0))
    expect(mean[12]).toBe(255)
  })

  it('tells ffmpeg the same whatever the words are', async () => {
    const recording = at('recording-ffmpeg')
    await writeFile(recording, `#!/bin/sh\nprintf '%s\\n' "$@" >> '${at('told')}'\nexec '${tools.ffmpegPath}' "$@"\n`)
    await chmod(recording, 0o755)
    const recorded = createMedia({ ...tools, ffmpegPath: recording })
    const input = await clip('plain.mp4', { encoding: ['-s', '320x180'] })
    async function told(text: string): Promise<string> {
      await writeFile(at('told'), '')
      await rm(at('words.png'), { force: true })
      const { drawn } = await draw('words.png', { title: text, caption: text })
      const shown = drawn ? { path: at('words.png'), ...words } : undefined
      if (!shown) return 'nothing to tell'
      await recorded.conformClip({ input, output: at('told.mp4'), profile: PROFILE, durationSeconds: 1, words: shown })
      return (await readFile(at('told'), 'utf8')).replaceAll(/run-\w+/g, 'run')
    }
    const expected = await told('plain words')
    expect(expected).toContain('overlay=0:0')
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.string({ unit: 'binary', maxLength: 80 }), fc.constantFrom(...HOSTILE_TEXTS)),
        async (text) => {
          expect([expected, 'nothing to tell']).toContain(await told(text))
        },
      ),
      { numRuns: 15 },
    )
  })

  /** SSIM of every frame. */
  async function similarity(one: string, other: string): Promise<number[]> {
    const stats = await ffmpeg('-i', one, '-i', other, '-lavfi', '[0:v][1:v]ssim=stats_file=-', '-f', 'null', '-')
    return [...stats.toString().matchAll(/All:([\d.]+)/g)].map(([, value]) => Number(value))
  }

  async function brightness(file: string): Promise<number[]> {
    const mean = ['-vf', 'scale=1:1:flags=area,format=gray', '-f', 'rawvideo', '-']
    return [...(await ffmpeg('-i', file, '-map', '0:v:0', ...mean))]
  }
})
