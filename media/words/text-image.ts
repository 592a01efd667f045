import sharp from 'sharp'
import type { Rgb } from './colors.ts'
import { escapeXml, familiesFor } from './fonts.ts'

export interface TextStyle {
  weight: 'Medium' | 'Semi-Bold' | 'Bold'
  color: Rgb
  align: 'left' | 'centre'
}

/** How large a text may be (pixels). It is as large as it can be within them. */
export interface TextLimits {
  /** Size of the font. */
  most: number
  least: number
  width: number
  height: number
}

/** Pixels of a text, cut to its ink: RGBA. */
export interface TextImage {
  data: Buffer
  width: number
  height: number
  /** Size of the font. */
  size: number
}

// Pango sets these close; other scripts join their letters, or need all of a line's height.
const SET_CLOSE = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Common}]+$/u
const TIMEOUT_SECONDS = 20

/** Draws a text as large as the limits allow, wrapped, its lines of about the same length. */
export async function fitText(text: string, style: TextStyle, limits: TextLimits): Promise<TextImage> {
  const { most, least, width, height } = limits
  let image = await drawText(text, style, most, width)
  while (!fits(image, limits) && image.size > least) {
    // The area of a text grows with the square of its size.
    const factor = Math.min(0.94, Math.sqrt(height / image.height), width / image.width)
    image = await drawText(text, style, Math.max(least, Math.floor(image.size * factor)), width)
  }
  return fits(image, limits) ? balanced(image, text, style) : cut(image, limits)
}

const fits = ({ width, height }: TextImage, limits: TextLimits) => width <= limits.width && height <= limits.height

/** The same lines, narrower: a last line of one word looks forgotten. */
async function balanced(image: TextImage, text: string, style: TextStyle): Promise<TextImage> {
  const isOneLine = image.height < image.size * 1.6
  if (isOneLine) return image
  for (const part of [0.6, 0.72, 0.84]) {
    const narrower = await drawText(text, style, image.size, Math.round(image.width * part))
    if (narrower.height <= image.height * 1.03 && narrower.width <= image.width) return narrower
  }
  return image
}

/** What is still too large at the least size: nothing may reach beyond its place. */
async function cut(image: TextImage, limits: TextLimits): Promise<TextImage> {
  const [width, height] = [Math.min(image.width, limits.width), Math.min(image.height, limits.height)]
  const data = await sharp(image.data, { raw: { width: image.width, height: image.height, channels: 4 } })
    .extract({ left: 0, top: 0, width, height })
    .raw()
    .toBuffer()
  return { ...image, data, width, height }
}

async function drawText(text: string, style: TextStyle, size: number, width: number): Promise<TextImage> {
  // In 1/1024 of a pixel.
  const spacing = Math.round(-0.015 * size * 1024)
  const close = SET_CLOSE.test(text) ? ` letter_spacing="${spacing}" line_height="0.94"` : ''
  const { data, info } = await sharp({
    text: {
      text: `<span foreground="${hex(style.color)}" insert_hyphens="false"${close}>${escapeXml(text)}</span>`,
      font: `${familiesFor(text)} ${style.weight} ${size}px`,
      width,
      align: style.align,
      wrap: 'word-char',
      rgba: true,
      // Makes Pango's points pixels.
      dpi: 72,
    },
  })
    .timeout({ seconds: TIMEOUT_SECONDS })
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height, size }
}

const hex = (color: Rgb) => `#${color.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`
