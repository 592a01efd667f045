/** What stands behind the words, so that they can be read on any picture. An SVG of numbers: no text goes in here. */
import { css, type Rgb } from './colors.ts'
import type { Box, Placed, Size } from './layout.ts'

export interface BackdropStyle {
  /** Of the call to action's plate. */
  accent: Rgb
  /** Of the bar above the title. */
  bar: Rgb
}

/** How dark the shade is where the topmost words begin, and at the frame's lower edge. */
const SHADE = { words: 0.5, edge: 0.8 }
const CAPTION_PLATE = 'fill="rgb(12,14,18)" fill-opacity="0.74"'

export function drawBackdrop(frame: Size, placed: Placed, { accent, bar }: BackdropStyle): Buffer {
  const { callToAction, caption } = placed
  const plate = (box: Box, fill: string) => rectangle(box, fill, Math.min(box.height / 2, frame.height * 0.045))
  const parts = [
    shade(frame, placed),
    callToAction ? `<g filter="url(#lift)">${plate(callToAction, `fill="${css(accent)}"`)}</g>` : '',
    caption ? rectangle(caption, CAPTION_PLATE, Math.min(caption.height / 4, frame.height * 0.016)) : '',
    placed.bar ? rectangle(placed.bar, `fill="${css(bar)}"`, placed.bar.height / 2) : '',
  ]
  const blur = Math.sqrt(frame.width * frame.height) / 110
  return Buffer.from(
    `<svg width="${frame.width}" height="${frame.height}" xmlns="http://www.w3.org/2000/svg"><defs>` +
      `<filter id="lift" x="-20%" y="-50%" width="140%" height="220%">` +
      `<feDropShadow dx="0" dy="${blur / 2}" stdDeviation="${blur}" flood-color="#000" flood-opacity="0.35"/></filter>` +
      `</defs>${parts.join('')}</svg>`,
  )
}

/** Darkens the picture softly from above the words downwards; a caption has a plate instead. */
function shade(frame: Size, { bar, title, price, callToAction }: Placed): string {
  const first = bar ?? title ?? price ?? callToAction
  if (!first) return ''
  const begin = Math.max(0, first.top - frame.height * 0.2)
  const height = frame.height - begin
  const words = (first.top - begin) / height
  // Slow at both ends: a straight ramp is seen to begin.
  const ramp = [0, 0.15, 0.35, 0.6, 0.82, 0.95, 1].map((value, index) => ({ at: (words * index) / 6, value }))
  const stops = [
    ...ramp.map(({ at, value }) => stop(at, value * SHADE.words)),
    stop(words + (1 - words) * 0.6, SHADE.words + (SHADE.edge - SHADE.words) * 0.75),
    stop(1, SHADE.edge),
  ]
  return (
    `<linearGradient id="shade" x1="0" y1="0" x2="0" y2="1">${stops.join('')}</linearGradient>` +
    `<rect x="0" y="${begin}" width="${frame.width}" height="${height}" fill="url(#shade)"/>`
  )
}

const stop = (offset: number, opacity: number) =>
  `<stop offset="${offset}" stop-color="rgb(8,9,12)" stop-opacity="${opacity}"/>`

const rectangle = ({ left, top, width, height }: Box, fill: string, radius: number) =>
  `<rect x="${left}" y="${top}" width="${width}" height="${height}" rx="${radius}" ${fill}/>`
