import sharp from 'sharp'
import { MediaError } from './errors.ts'
import type { MediaTools } from './tools.ts'

export interface PhotoLookRequest {
  /** A JPEG or PNG, upright; a thumbnail of 640 pixels says as much as the photo. */
  input: string
}

/** As the domain describes it (domain/photo-look.ts). */
export interface MeasuredLook {
  version: 1
  hash: string
  sharpness: number | null
  brightness: number
  colors: string
}

/** Pixels of the longer side at which a picture is judged: what is blurred there is blurred in a film. */
const JUDGED_SIDE = 512
/** Pixels: colours need no more. */
const COLOR_SIDE = 64
/** Levels of red, of green and of blue. */
const LEVELS = 4
/** What the finest scale is compared with. */
const COARSER = 8
/** Deviation of the Laplacian below which a picture has no edges that could be blurred. */
const PLAIN = 1

/** Computes what photos are compared and judged by. Throws a MediaError (unreadable). */
export async function photoLook(_: MediaTools, { input }: PhotoLookRequest): Promise<MeasuredLook> {
  try {
    const { data, info } = await sharp(input)
      .resize({ width: JUDGED_SIDE, height: JUDGED_SIDE, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true })
    const picture: Picture = { data, raw: { width: info.width, height: info.height, channels: info.channels } }
    return {
      version: 1,
      hash: await hashOf(picture),
      ...(await judge(picture)),
      colors: await colorsOf(picture),
    }
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    throw new MediaError('unreadable', "The picture can't be read.", { detail, cause: error })
  }
}

interface Picture {
  data: Buffer
  raw: { width: number; height: number; channels: 1 | 2 | 3 | 4 }
}

/** Pixels of a side that the hash is computed of, and how many of the lowest frequencies, each way, have a bit. */
const HASHED_SIDE = 32
const FREQUENCIES = 8
/** What rounding makes of a frequency that is not there. */
const NOTHING = 32

const COSINES = Array.from({ length: FREQUENCIES }, (_, frequency) =>
  Array.from({ length: HASHED_SIDE }, (_, at) => Math.cos(((2 * at + 1) * frequency * Math.PI) / (2 * HASHED_SIDE))),
)

/** A pHash: of the lowest frequencies of the picture's cosine transform, which are stronger than their median. */
async function hashOf(picture: Picture): Promise<string> {
  const grey = await greyOf(picture, HASHED_SIDE, HASHED_SIDE)
  const along = (cosines: number[], value: (at: number) => number) =>
    cosines.reduce((sum, cosine, at) => sum + cosine * value(at), 0)
  const rows = Array.from({ length: HASHED_SIDE }, (_, y) =>
    COSINES.map((cosines) => along(cosines, (x) => grey[y * HASHED_SIDE + x] ?? 0)),
  )
  const strengths = COSINES.flatMap((down) => COSINES.map((_, across) => along(down, (y) => rows[y]?.[across] ?? 0)))
  // Without the first, which is the mean.
  const sorted = strengths.slice(1).sort((a, b) => a - b)
  const median = sorted[(sorted.length - 1) / 2] ?? 0
  const bits = strengths.map((strength) => (strength > median + NOTHING ? '1' : '0')).join('')
  return BigInt(`0b${bits}`).toString(16).padStart(16, '0')
}

/**
 * Sharp pictures have most of their edges at the finest scale, blurred ones lose those first. So the fine edges are
 * compared with the coarse ones of the same picture: how many edges there are is a matter of what it shows.
 */
async function judge(picture: Picture): Promise<{ sharpness: number | null; brightness: number }> {
  const { width, height } = picture.raw
  const fine = await edgesOf(picture, width, height)
  const coarse = await edgesOf(picture, Math.ceil(width / COARSER), Math.ceil(height / COARSER))
  return {
    sharpness: coarse.edges < PLAIN ? null : round(fine.edges / coarse.edges),
    brightness: round(fine.mean / 255),
  }
}

async function edgesOf(picture: Picture, width: number, height: number): Promise<{ edges: number; mean: number }> {
  const grey = await greyOf(picture, width, height)
  // Of a picture of its own: `stats` looks at the input and not at what was done to it.
  const { channels, sharpness } = await sharp(grey, { raw: { width, height, channels: 1 } }).stats()
  return { edges: sharpness, mean: channels[0]?.mean ?? 0 }
}

/** A byte a pixel. */
function greyOf({ data, raw }: Picture, width: number, height: number): Promise<Buffer> {
  return sharp(data, { raw }).resize({ width, height, fit: 'fill' }).greyscale().toColourspace('b-w').raw().toBuffer()
}

/** Each pixel counts for the colours between which it lies, so that a little more light changes little. */
async function colorsOf({ data, raw }: Picture): Promise<string> {
  const pixels = await sharp(data, { raw })
    .resize({ width: COLOR_SIDE, height: COLOR_SIDE, fit: 'fill' })
    .toColourspace('srgb')
    .removeAlpha()
    .raw()
    .toBuffer()
  const bins = new Float64Array(LEVELS ** 3)
  for (let at = 0; at < pixels.length; at += 3) {
    const [reds, greens, blues] = [0, 1, 2].map((channel) => NEAREST[pixels[at + channel] ?? 0] ?? [])
    for (const [red, r] of reds ?? []) {
      for (const [green, g] of greens ?? []) {
        for (const [blue, b] of blues ?? []) {
          const bin = (red * LEVELS + green) * LEVELS + blue
          bins[bin] = (bins[bin] ?? 0) + r * g * b
        }
      }
    }
  }
  const most = Math.max(...bins) || 1
  return Buffer.from(bins.map((share) => Math.round((255 * share) / most))).toString('hex')
}

/** Of each value from 0 to 255 the one or two levels beside it, and how much it counts for each. */
const NEAREST = Array.from({ length: 256 }, (_, value): [level: number, weight: number][] => {
  const place = (value / 255) * (LEVELS - 1)
  const lower = Math.floor(place)
  const upper = place - lower
  return upper === 0
    ? [[lower, 1]]
    : [
        [lower, 1 - upper],
        [lower + 1, upper],
      ]
})

const round = (value: number) => Math.round(value * 1000) / 1000
