/** Makes of any picture one that every model takes: a JPEG or PNG in RGB, upright as it stands in the file. */
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import sharp, { type Metadata } from 'sharp'
import type { Media } from '../media/index.ts'
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
export async function conformImage(media: Media, original: string, folder: string): Promise<string> {
  const readable = await decodeHeic(media, original, folder)
  const converted = await convert(readable)
  if (!converted) return readable
  const target = path.join(folder, 'conformed.jpg')
  await writeFile(target, converted)
  return target
}

/** sharp reads the size of an iPhone's HEIC, but not the picture: that ffmpeg does. */
async function decodeHeic(media: Media, original: string, folder: string): Promise<string> {
  try {
    const metadata = await sharp(original, { limitInputPixels: false }).metadata()
    if (metadata.format !== 'heif' || metadata.compression !== 'hevc') return original
    assertNotTooLarge(metadata)
    const output = path.join(folder, 'decoded.jpg')
    await media.convertStill({ input: original, output })
    return output
  } catch (error) {
    throw unusable(error)
  }
}

/** Null when it is fine as it is. */
async function convert(original: string): Promise<Buffer | null> {
  try {
    const metadata = await sharp(original, { limitInputPixels: false }).metadata()
    if (isFine(metadata)) return null
    assertNotTooLarge(metadata)
    return await sharp(original, { limitInputPixels: MAX_PIXELS, failOn: 'error' })
      .autoOrient()
      .resize({ width: MAX_SIDE, height: MAX_SIDE, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .jpeg({ quality: 92 })
      .toBuffer()
  } catch (error) {
    throw unusable(error)
  }
}

function assertNotTooLarge({ width, height }: Metadata): void {
  if (width * height > MAX_PIXELS) {
    throw new UnusableFile(`The picture is ${width} × ${height} pixels: scale it down.`)
  }
}

function unusable(cause: unknown): UnusableFile {
  if (cause instanceof UnusableFile) return cause
  return new UnusableFile("The picture can't be read: send it as JPEG, PNG or WebP.", { cause })
}

function isFine({ format, orientation = 1, space, width, height }: Metadata): boolean {
  const known = format === 'jpeg' || format === 'png'
  return known && orientation === 1 && space !== 'cmyk' && Math.max(width, height) <= MAX_SIDE
}
