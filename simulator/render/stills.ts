/** Makes the stills that a clip moves over: a photo cut to cover the frame, or a drawn background where there is none. */

import { createHash } from 'node:crypto'
import sharp from 'sharp'
import { type Picture, PredictionError } from '../input-files.ts'
import type { Frame } from './frame.ts'

export interface Still {
  png: Buffer
  /** Pixels: at least the frame's. One side may be longer: what can be panned over. */
  width: number
  height: number
}

/** How much of the longer side is kept beyond the frame, as a share of the frame. */
const MAX_SPARE = 0.6

/**
 * Cuts a photo so that it covers the frame. Where its shape differs much from the frame's, more of it is kept to be
 * panned over.
 * @throws {PredictionError} when the photo can't be decoded to its end
 */
export async function stillOf(picture: Picture, frame: Frame): Promise<Still> {
  const scale = Math.max(frame.width / picture.width, frame.height / picture.height)
  const width = Math.min(Math.round(picture.width * scale), Math.round(frame.width * (1 + MAX_SPARE)))
  const height = Math.min(Math.round(picture.height * scale), Math.round(frame.height * (1 + MAX_SPARE)))
  try {
    const png = await sharp(picture.bytes)
      .autoOrient()
      .resize(width, height, { fit: 'cover', position: 'top', kernel: 'lanczos3' })
      .flatten({ background: '#ffffff' })
      .png({ compressionLevel: 1 })
      .toBuffer()
    return { png, width, height }
  } catch {
    throw new PredictionError(`image file is truncated: ${picture.url.slice(0, 200)}`)
  }
}

/** A background of two colors that follow from the prompt: what text-to-video shows. */
export function drawnStill(prompt: string, frame: Frame): Promise<Still> {
  return colouredStill(createHash('sha256').update(prompt).digest().readUInt16BE(0) % 360, frame)
}

/** The golden angle: numbers next to each other get colours far from each other. */
const GOLDEN_ANGLE = 137.5

/** A background that tells a scene from its neighbours. */
export function numberedStill(scene: number, frame: Frame): Promise<Still> {
  return colouredStill(Math.round(scene * GOLDEN_ANGLE) % 360, frame)
}

/** @param hue in degrees */
async function colouredStill(hue: number, { width, height }: Frame): Promise<Still> {
  const svg = `<svg width="${width}" height="${height}" viewBox="0 0 100 100" preserveAspectRatio="none" xmlns="http://www.w3.org/2000/svg">
    <defs>
      <linearGradient id="sky" x1="0" y1="0" x2="1" y2="1">
        <stop offset="0" stop-color="hsl(${hue}, 55%, 22%)"/>
        <stop offset="1" stop-color="hsl(${(hue + 70) % 360}, 60%, 48%)"/>
      </linearGradient>
      <radialGradient id="sun" cx="0.7" cy="0.3" r="0.5">
        <stop offset="0" stop-color="#fff" stop-opacity="0.55"/>
        <stop offset="1" stop-color="#fff" stop-opacity="0"/>
      </radialGradient>
    </defs>
    <rect width="100" height="100" fill="url(#sky)"/>
    <rect width="100" height="100" fill="url(#sun)"/>
  </svg>`
  const png = await sharp(Buffer.from(svg)).png({ compressionLevel: 1 }).toBuffer()
  return { png, width, height }
}
