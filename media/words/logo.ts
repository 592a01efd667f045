import sharp, { type Sharp } from 'sharp'
import { luminance, type Rgb } from './colors.ts'
import type { Size } from './layout.ts'

// As of imageThumbnail: still pictures without references to other files.
const FORMATS = ['jpeg', 'png', 'webp', 'gif', 'tiff', 'heif']
const MAX_PIXELS = 120_000_000
const TIMEOUT_SECONDS = 20
/** A logo that is darker than this would be lost in a dark picture. */
const DARK = 0.18
const PLATE = { color: { r: 255, g: 255, b: 255, alpha: 0.92 }, padding: 0.16 }

/** A brand's logo, at most that large. A dark one that is cut out stands on a light plate. Throws what sharp throws. */
export async function drawLogo(path: string, most: Size): Promise<{ png: Buffer; width: number; height: number }> {
  const source = sharp(path, { limitInputPixels: MAX_PIXELS, failOn: 'error', autoOrient: true })
  const { format, hasAlpha } = await source.metadata()
  if (!FORMATS.includes(format)) throw new Error(`format ${format} is not read`)
  const cutOut = hasAlpha && (await isSeenThrough(source.clone()))
  const padding = cutOut ? Math.round(most.height * PLATE.padding) : 0
  const { data, info } = await source
    .resize({ width: most.width - 2 * padding, height: most.height - 2 * padding, fit: 'inside' })
    .ensureAlpha()
    .timeout({ seconds: TIMEOUT_SECONDS })
    .raw()
    .toBuffer({ resolveWithObject: true })
  const logo = sharp(data, { raw: { width: info.width, height: info.height, channels: 4 } })
  const isLost = cutOut && luminance(meanColor(data)) < DARK
  const finished = isLost ? await onPlate(logo, info, padding) : logo
  const png = await finished.png({ compressionLevel: 1 }).toBuffer({ resolveWithObject: true })
  return { png: png.data, width: png.info.width, height: png.info.height }
}

async function isSeenThrough(picture: Sharp): Promise<boolean> {
  return !(await picture.stats()).isOpaque
}

/** Of what is seen. */
function meanColor(pixels: Buffer): Rgb {
  const sum = [0, 0, 0]
  let weight = 0
  for (let at = 0; at < pixels.length; at += 4) {
    const alpha = pixels[at + 3] ?? 0
    weight += alpha
    for (const channel of [0, 1, 2]) sum[channel] = (sum[channel] ?? 0) + (pixels[at + channel] ?? 0) * alpha
  }
  return sum.map((value) => (weight === 0 ? 0 : value / weight)) as unknown as Rgb
}

async function onPlate(logo: Sharp, { width, height }: Size, padding: number): Promise<Sharp> {
  const { r, g, b, alpha } = PLATE.color
  const [w, h] = [width + 2 * padding, height + 2 * padding]
  const plate = Buffer.from(
    `<svg width="${w}" height="${h}" xmlns="http://www.w3.org/2000/svg"><rect width="${w}" height="${h}" rx="${h * 0.16}" ` +
      `fill="rgb(${r},${g},${b})" fill-opacity="${alpha}"/></svg>`,
  )
  return sharp(plate).composite([
    { input: await logo.png({ compressionLevel: 1 }).toBuffer(), left: padding, top: padding },
  ])
}
