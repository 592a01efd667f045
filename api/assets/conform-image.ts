/** Makes of any picture one that every model takes: a JPEG or PNG in RGB, upright as it stands in the file. */
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import sharp, { type Metadata } from 'sharp'
import { UnusableFile } from './unusable-file.ts'

/** Larger is refused: decoding takes memory, and no camera but a few takes more in one shot. */
const MAX_PIXELS = 120_000_000
/** The longer side of what is kept; models work at a fraction of it. */
const MAX_SIDE = 5_000

/**
 * @param folder where the converted picture is written
 * @returns the path of the picture to keep: `original` itself when it is fine as it is
 * @throws UnusableFile when it can't be read or is too large
 */
export async function conformImage(original: string, folder: string): Promise<string> {
  const converted = await convert(original)
  if (!converted) return original
  const target = path.join(folder, 'conformed.jpg')
  await writeFile(target, converted)
  return target
}

/** Null when it is fine as it is. */
async function convert(original: string): Promise<Buffer | null> {
  try {
    const metadata = await sharp(original, { limitInputPixels: false }).metadata()
    if (isFine(metadata)) return null
    if (metadata.width * metadata.height > MAX_PIXELS) {
      throw new UnusableFile(`The picture is ${metadata.width} × ${metadata.height} pixels: scale it down.`)
    }
    return await sharp(original, { limitInputPixels: MAX_PIXELS, failOn: 'error' })
      .autoOrient()
      .resize({ width: MAX_SIDE, height: MAX_SIDE, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .jpeg({ quality: 92 })
      .toBuffer()
  } catch (error) {
    if (error instanceof UnusableFile) throw error
    throw new UnusableFile("The picture can't be read: send it as JPEG, PNG or WebP.", { cause: error })
  }
}

function isFine({ format, orientation = 1, space, width, height }: Metadata): boolean {
  const known = format === 'jpeg' || format === 'png'
  return known && orientation === 1 && space !== 'cmyk' && Math.max(width, height) <= MAX_SIDE
}
