import sharp from 'sharp'
import { MediaError } from '../errors.ts'
import type { MediaTools } from '../tools.ts'
import { drawBackdrop } from './backdrop.ts'
import { contrast, INK, parseHex, type Rgb, textOn, WHITE } from './colors.ts'
import { drawable, isRightToLeft } from './drawable.ts'
import { useBundledFonts } from './fonts.ts'
import { type Box, type LogoCorner, measuresOf, placeBlocks, placeLogo, type Size } from './layout.ts'
import { drawLogo } from './logo.ts'
import { fitText, type TextImage, type TextLimits, type TextStyle } from './text-image.ts'

/** Colours are "#rrggbb"; null is ours. */
export interface WordsBrand {
  accent: string | null
  /** Of text on the accent's plate, where it can be read there. */
  text: string | null
  /** The bar above the title. */
  bar: string | null
  /** A picture file. */
  logo: string | null
  /** Null where it fits best. */
  logoCorner: LogoCorner | null
}

export interface WordsRequest {
  /** Of the film's frame (pixels). */
  width: number
  height: number
  title: string | null
  price: string | null
  callToAction: string | null
  caption: string | null
  brand: WordsBrand
  /** A PNG. */
  output: string
}

export interface DrawnWords {
  /** False when nothing of it can be shown: then nothing was written. */
  drawn: boolean
  /** Why the logo is left out; null when it is not. */
  logoProblem: string | null
}

/** The bar stands in the shade: a brand's colour that can't be seen there gives way to white. */
const SEEN_CONTRAST = 3

/**
 * Draws a scene's words as one picture of the frame's size, transparent where there are none. The text is laid out here,
 * by Pango, and reaches ffmpeg as pixels only. Throws a MediaError (failed) when it can't be drawn.
 */
export async function drawWords(tools: MediaTools, request: WordsRequest): Promise<DrawnWords> {
  await useBundledFonts(tools)
  try {
    return await draw(request)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new MediaError('failed', "A scene's words could not be drawn.", { detail: reason, cause: error })
  }
}

async function draw({ brand, output, ...request }: WordsRequest): Promise<DrawnWords> {
  const frame = { width: request.width, height: request.height }
  const measures = measuresOf(frame)
  const accent = brand.accent ? parseHex(brand.accent) : WHITE
  const onAccent = textOn(accent, brand.text ? parseHex(brand.text) : null)
  const block = (text: string | null, style: TextStyle, limits: TextLimits) => fitShown(text, style, limits)
  const [title, price, callToAction, caption] = await Promise.all([
    block(request.title, { weight: 'Bold', color: WHITE, align: 'left' }, measures.title),
    block(request.price, { weight: 'Semi-Bold', color: WHITE, align: 'left' }, measures.price),
    block(request.callToAction, { weight: 'Semi-Bold', color: onAccent, align: 'centre' }, measures.callToAction),
    block(request.caption, { weight: 'Medium', color: WHITE, align: 'centre' }, measures.caption),
  ])
  const rightToLeft = isRightToLeft(drawable(request.title ?? request.price ?? request.callToAction ?? ''))
  const blocks = {
    title,
    price,
    callToAction: callToAction && padded(callToAction, measures.callToAction.padding),
    caption: caption && padded(caption, measures.caption.padding),
  }
  const placed = placeBlocks(frame, blocks, rightToLeft)
  const logo = await logoOf(brand, frame, rightToLeft)
  if (!Object.values(placed).some(Boolean) && !logo.layer) return { drawn: false, logoProblem: logo.problem }

  const bar = brand.bar ? parseHex(brand.bar) : accent
  const layers = [
    ...(await Promise.all([title && shadowed(title, placed.title), price && shadowed(price, placed.price)])).flat(),
    callToAction && layer(callToAction, centred(callToAction, placed.callToAction)),
    caption && layer(caption, centred(caption, placed.caption)),
    logo.layer,
  ]
  await sharp(drawBackdrop(frame, placed, { accent, bar: isSeen(bar) ? bar : WHITE }))
    .composite(layers.filter((shown) => shown !== undefined))
    .png({ compressionLevel: 1 })
    .toFile(output)
  return { drawn: true, logoProblem: logo.problem }
}

const isSeen = (color: Rgb) => contrast(color, INK) >= SEEN_CONTRAST

async function fitShown(text: string | null, style: TextStyle, limits: TextLimits): Promise<TextImage | undefined> {
  const shown = drawable(text ?? '')
  return shown ? fitText(shown, style, limits) : undefined
}

const padded = ({ width, height, size }: TextImage, { x, y }: { x: number; y: number }): Size => ({
  width: width + 2 * x,
  // A line without letters that reach up or down is as high as one with them.
  height: Math.max(height, Math.round(size * 0.95)) + 2 * y,
})

function centred({ width, height }: Size, box: Box | undefined): Box | undefined {
  if (!box) return undefined
  const [left, top] = [box.left + (box.width - width) / 2, box.top + (box.height - height) / 2]
  return { width, height, left: Math.round(left), top: Math.round(top) }
}

interface Layer {
  input: Buffer
  raw?: { width: number; height: number; channels: 4 }
  left: number
  top: number
}

function layer({ data, width, height }: TextImage, at: { left: number; top: number } | undefined): Layer | undefined {
  return at && { input: data, raw: { width, height, channels: 4 }, left: at.left, top: at.top }
}

/** Text with a soft shadow under it: the shade behind it may end in a bright spot of the picture. */
async function shadowed(image: TextImage, box: Box | undefined): Promise<Layer[]> {
  const text = layer(image, box)
  if (!text) return []
  const blur = Math.max(1, image.size / 9)
  const margin = Math.ceil(2.5 * blur)
  const { data, info } = await sharp(image.data, { raw: { width: image.width, height: image.height, channels: 4 } })
    .extend({ top: margin, bottom: margin, left: margin, right: margin, background: { r: 0, g: 0, b: 0, alpha: 0 } })
    .linear([0, 0, 0, 0.55], [0, 0, 0, 0])
    .blur(blur)
    .raw()
    .toBuffer({ resolveWithObject: true })
  const shadow = { ...image, data, width: info.width, height: info.height }
  return [{ ...text, ...layer(shadow, { left: text.left - margin, top: text.top - margin }) }, text]
}

async function logoOf(
  { logo, logoCorner }: WordsBrand,
  frame: Size,
  rightToLeft: boolean,
): Promise<{ layer?: Layer; problem: string | null }> {
  if (!logo) return { problem: null }
  try {
    const { png, ...size } = await drawLogo(logo, measuresOf(frame).logo)
    const { left, top } = placeLogo(frame, size, logoCorner, rightToLeft)
    return { layer: { input: png, left, top }, problem: null }
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}
