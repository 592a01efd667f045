/** The bar at the top of a clip, out of the way of a film's own words, that says which model made it, for which scene, and from which prompt. */

import { createRequire } from 'node:module'
import sharp from 'sharp'

const require = createRequire(import.meta.url)
const FONTS = {
  regular: require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'),
  bold: require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'),
}
const MAX_PROMPT = 220
const ACCENT = '#3ddc97'

export interface Caption {
  /** "google/veo-3.1 · Scene 3 · #7" */
  title: string
  prompt: string
}

/**
 * Draws the caption as a PNG as wide as the frame, transparent towards the bottom.
 * @param frame pixels
 */
export async function drawCaption(caption: Caption, frame: { width: number; height: number }) {
  const size = Math.max(14, Math.round(Math.min(frame.width, frame.height) / 32))
  const margin = Math.round(size * 1.8)
  const bar = Math.round(size / 5)
  const left = margin + bar + Math.round(size * 0.7)
  const width = frame.width - left - margin
  const title = await drawText(caption.title, { font: 'bold', size: Math.round(size * 0.8), width, color: ACCENT })
  const prompt = await drawText(shortened(caption.prompt), { font: 'regular', size, width, color: '#ffffff' })
  const gap = Math.round(size * 0.45)
  const block = title.height + gap + prompt.height
  const tail = Math.round(size * 2.2)
  // Even, or the bar would miss the last line of a 4:2:0 picture.
  const height = 2 * Math.ceil(Math.min(frame.height - 1, margin + block + tail) / 2)
  const top = margin
  const shade = Buffer.from(`<svg width="${frame.width}" height="${height}" xmlns="http://www.w3.org/2000/svg">
    <defs><linearGradient id="shade" x1="0" y1="0" x2="0" y2="1">
      <stop offset="0" stop-color="#000" stop-opacity="0.72"/>
      <stop offset="${1 - tail / height}" stop-color="#000" stop-opacity="0.5"/>
      <stop offset="1" stop-color="#000" stop-opacity="0"/>
    </linearGradient></defs>
    <rect width="100%" height="100%" fill="url(#shade)"/>
    <rect x="${margin}" y="${top}" width="${bar}" height="${block}" rx="${bar / 2}" fill="${ACCENT}"/>
  </svg>`)
  const png = await sharp(shade)
    .composite([
      { input: title.png, left, top },
      { input: prompt.png, left, top: top + title.height + gap },
    ])
    .png({ compressionLevel: 1 })
    .toBuffer()
  return { png, height }
}

interface TextStyle {
  font: keyof typeof FONTS
  /** Pixels. */
  size: number
  /** Pixels after which lines wrap. */
  width: number
  color: string
}

async function drawText(text: string, { font, size, width, color }: TextStyle) {
  // 72 dots per inch make Pango's points pixels.
  const { data, info } = await sharp({
    text: {
      text: `<span foreground="${color}">${escapeMarkup(text)}</span>`,
      font: `DejaVu Sans ${font === 'bold' ? 'Bold ' : ''}${size}px`,
      fontfile: FONTS[font],
      width,
      wrap: 'word-char',
      rgba: true,
      dpi: 72,
    },
  })
    .png()
    .toBuffer({ resolveWithObject: true })
  return { png: data, height: info.height }
}

/** Up to 220 characters, without what the font has no glyph for (most emoji). */
function shortened(prompt: string): string {
  const drawable = prompt
    .replace(/[\u{1f000}-\u{1f5ff}\u{1f650}-\u{1faff}]|\u{fe0f}|\p{Cf}/gu, '')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
  const characters = [...drawable]
  if (characters.length === 0) return '(no prompt)'
  return characters.length > MAX_PROMPT ? `${characters.slice(0, MAX_PROMPT).join('').trimEnd()}…` : drawable
}

function escapeMarkup(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}
