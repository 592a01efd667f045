/** Makes of any picture one that every model takes: a JPEG or PNG in RGB, upright as it stands in the file. */
import path from 'node:path'
import sharp, { type Metadata } from 'sharp'
import { UnusableFile } from './inspect-file.ts'

/** Larger is refused: more pixels than any camera of today takes in one shot need more memory than a server has. */
const MAX_PIXELS = 200_000_000
/** The longer side of what is kept; models work at a fraction of it. */
const MAX_SIDE = 5_000

/**
 * @param folder where the converted picture is written
 * @returns the path of the picture to keep: `original` itself when it is fine as it is
 * @throws UnusableFile when it can't be read or is too large
 */
export async function conformImage(original: string, folder: string): Promise<string> {
  try {
    const picture = sharp(original, { limitInputPixels: MAX_PIXELS, failOn: 'error' })
    const metadata = await picture.metadata()
    if (metadata.width * metadata.height > MAX_PIXELS) {
      throw new UnusableFile(`The picture is ${metadata.width} × ${metadata.height} pixels: scale it down.`)
    }
    if (isFine(metadata)) return original
    const target = path.join(folder, 'conformed.jpg')
    await picture
      .autoOrient()
      .resize({ width: MAX_SIDE, height: MAX_SIDE, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .jpeg({ quality: 92 })
      .toFile(target)
    return target
  } catch (error) {
    if (error instanceof UnusableFile) throw error
    throw new UnusableFile("The picture can't be read: send it as JPEG, PNG or WebP.", { cause: error })
  }
}

function isFine({ format, orientation = 1, space, width, height }: Metadata): boolean {
  const known = format === 'jpeg' || format === 'png'
  return known && orientation === 1 && space !== 'cmyk' && Math.max(width, height) <= MAX_SIDE
}
