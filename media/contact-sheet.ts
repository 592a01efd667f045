import { join } from 'node:path'
import sharp, { type OverlayOptions, type Sharp } from 'sharp'
import { moveFile, withRunFolder } from './folder.ts'
import type { MediaTools } from './tools.ts'
import type { Rgb } from './words/colors.ts'
import { drawable } from './words/drawable.ts'
import { useBundledFonts } from './words/fonts.ts'
import { fitText } from './words/text-image.ts'

export interface SheetTile {
  /** A picture that sharp reads; null where there is none. */
  picture: string | null
  heading: string
  /** What stands under the heading, a line or two. */
  text: string
}

export interface ContactSheetRequest {
  title: string
  subtitle: string
  /** In the order of the film. */
  tiles: SheetTile[]
  /** Of the pictures: their width by their height. */
  aspect: number
  /** A name that ends in .png. */
  output: string
}

const COLORS = { paper: '#f7f6f3', empty: '#dcdad4' }
const INK: Rgb = [27, 28, 31]
const FAINT: Rgb = [107, 109, 115]

/** Pixels. */
const TILE_WIDTH = 400
const GAP = 28
const MARGIN = 48
const HEADER = 104
const LABEL = 92
/**
 * Makes one PNG that shows a film scene by scene.
 */
export async function contactSheet(tools: MediaTools, request: ContactSheetRequest): Promise<void> {
  const { title, subtitle, tiles, aspect, output } = request
  await useBundledFonts(tools)
  const columns = Math.max(1, Math.min(aspect < 1 ? 6 : 4, Math.ceil(Math.sqrt(tiles.length * (aspect < 1 ? 3 : 1)))))
  const rows = Math.max(1, Math.ceil(tiles.length / columns))
  const height = Math.round(TILE_WIDTH / aspect)
  const place = (index: number) => ({
    left: MARGIN + (index % columns) * (TILE_WIDTH + GAP),
    top: MARGIN + HEADER + Math.floor(index / columns) * (height + LABEL + GAP),
  })
  const inner = columns * TILE_WIDTH + (columns - 1) * GAP
  const layers: OverlayOptions[] = [
    ...(await line(title, { left: MARGIN, top: MARGIN }, { size: 34, bold: true, width: inner })),
    ...(await line(subtitle, { left: MARGIN, top: MARGIN + 52 }, { size: 18, width: inner })),
  ]
  for (const [index, tile] of tiles.entries()) {
    const at = place(index)
    layers.push({ input: await pictureOf(tile.picture, TILE_WIDTH, height), ...at })
    const heading = { left: at.left, top: at.top + height + 12 }
    layers.push(...(await line(tile.heading, heading, { size: 18, bold: true, width: TILE_WIDTH })))
    const text = { left: at.left, top: heading.top + 28 }
    layers.push(...(await line(tile.text, text, { size: 14, width: TILE_WIDTH, lines: 2 })))
  }
  await withRunFolder(tools.tempDir, async (folder) => {
    const result = join(folder, 'sheet.png')
    const size = {
      width: 2 * MARGIN + inner,
      height: 2 * MARGIN + HEADER + rows * (height + LABEL + GAP) - GAP,
    }
    await sharp({ create: { ...size, channels: 3, background: COLORS.paper } })
      .composite(layers)
      .png({ compressionLevel: 6 })
      .toFile(result)
    await moveFile(result, output)
  })
}

/** The picture at that size; a plain one where there is none, or none that can be read: the others are still worth seeing. */
async function pictureOf(path: string | null, width: number, height: number): Promise<Buffer> {
  const empty = sharp({ create: { width, height, channels: 3, background: COLORS.empty } })
  const shown = path ? sharp(path, { autoOrient: true }).resize({ width, height, fit: 'cover' }) : empty
  const drawn = (picture: Sharp) => picture.flatten({ background: COLORS.empty }).jpeg({ quality: 90 }).toBuffer()
  return drawn(shown).catch(() => drawn(empty))
}

/** Words at a place, smaller or cut where there are too many; nothing where there are none. */
async function line(
  words: string,
  place: { left: number; top: number },
  look: { size: number; width: number; lines?: number; bold?: boolean },
): Promise<OverlayOptions[]> {
  const { size, width, lines = 1, bold = false } = look
  const text = drawable(words)
  if (text === '') return []
  const style = { weight: bold ? 'Bold' : 'Medium', color: bold ? INK : FAINT, align: 'left' } as const
  const limits = { most: size, least: Math.round(size * 0.8), width, height: Math.round(size * 1.35 * lines) }
  const { data, ...drawn } = await fitText(text, style, limits)
  return [{ input: data, raw: { width: drawn.width, height: drawn.height, channels: 4 }, ...place }]
}
