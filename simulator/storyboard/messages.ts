/** Reads a chat's messages: their text and their pictures. */

import sharp from 'sharp'
import { z } from 'zod'

const MAX_IMAGE_BYTES = 20 * 1024 * 1024
/** As x.ai counts: an image is cut into tiles of so many pixels, up to so many; one more stands for the whole. */
const TILE = 448
const TILE_TOKENS = 256
const MOST_TILES = 6

const Part = z.union([
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('image_url'), image_url: z.object({ url: z.string() }) }),
])
const Messages = z.array(z.object({ role: z.string(), content: z.union([z.string(), z.array(Part)]).nullish() })).min(1)

/** A request that x.ai would refuse; its message says why. */
export class BadRequest extends Error {
  override name = 'BadRequest'
}

export interface SeenImage {
  width: number
  height: number
  /** Words for what it looks like as a whole: its light, its colours, its shape. */
  light: 'dark' | 'soft' | 'bright'
  color: 'warm' | 'cool' | 'neutral'
  shape: 'wide' | 'square' | 'upright'
  /** What looking at it costs. */
  tokens: number
}

/** All text of the messages, in order; empty when there are none. */
export function textOf(messages: unknown): string {
  const parsed = Messages.safeParse(messages)
  if (!parsed.success) return ''
  return parsed.data
    .flatMap(({ content }) =>
      typeof content === 'string' ? [content] : (content ?? []).map((part) => (part.type === 'text' ? part.text : '')),
    )
    .join('\n')
}

/** The photos' ids as they stand over the images, one a line: "Photo <id>:". Empty where nothing stands there. */
export const labelsIn = (text: string) => [...text.matchAll(/^Photo (\S+):$/gm)].map(([, id]) => id ?? '')

/**
 * Looks at every image of the messages, in order.
 * @throws {BadRequest} when the messages are malformed, or an image is not a JPEG or PNG of at most 20 MiB
 */
export async function imagesOf(messages: unknown): Promise<SeenImage[]> {
  const parsed = Messages.safeParse(messages)
  if (!parsed.success) throw new BadRequest(`Failed to deserialize the messages: ${z.prettifyError(parsed.error)}`)
  const urls = parsed.data.flatMap(({ content }) =>
    typeof content === 'string'
      ? []
      : (content ?? []).flatMap((part) => (part.type === 'image_url' ? [part.image_url.url] : [])),
  )
  const seen: SeenImage[] = []
  for (const url of urls) seen.push(await look(url))
  return seen
}

async function look(url: string): Promise<SeenImage> {
  const response = await fetch(url, { signal: AbortSignal.timeout(30_000) }).catch(() => null)
  if (!response?.ok) throw new BadRequest(`Fetching image failed: ${url.slice(0, 120)}`)
  const bytes = Buffer.from(await response.arrayBuffer())
  if (bytes.length > MAX_IMAGE_BYTES) throw new BadRequest('Image exceeds the maximum size of 20MiB')
  const metadata = await sharp(bytes)
    .metadata()
    .catch(() => null)
  if (metadata?.format !== 'jpeg' && metadata?.format !== 'png') {
    throw new BadRequest('Unsupported image: only JPEG and PNG images can be decoded')
  }
  // Decoding a small version of it finds a file that breaks off.
  const small = await sharp(bytes)
    .resize(16, 16, { fit: 'fill' })
    .flatten()
    .stats()
    .catch(() => {
      throw new BadRequest('Unsupported image: it could not be decoded to its end')
    })
  const [red = 0, , blue = 0] = small.channels.map(({ mean }) => mean)
  const light = small.channels.reduce((sum, { mean }) => sum + mean, 0) / small.channels.length
  const { width, height } = metadata.autoOrient
  return {
    width,
    height,
    light: light < 70 ? 'dark' : light > 170 ? 'bright' : 'soft',
    color: red > blue + 15 ? 'warm' : blue > red + 15 ? 'cool' : 'neutral',
    shape: width > 1.1 * height ? 'wide' : height > 1.1 * width ? 'upright' : 'square',
    tokens: TILE_TOKENS * (1 + Math.min(MOST_TILES, Math.ceil(width / TILE) * Math.ceil(height / TILE))),
  }
}
