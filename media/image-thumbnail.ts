import { join } from 'node:path'
import sharp from 'sharp'
import { MediaError } from './errors.ts'
import { moveFile, withRunFolder } from './folder.ts'
import { MAX_THUMBNAIL_WIDTH } from './thumbnail.ts'
import type { MediaTools } from './tools.ts'

const TIMEOUT_SECONDS = 30
// Phones take pictures of 108 million pixels.
const MAX_PIXELS = 120_000_000
// Of what sharp reads only still pictures without references to other files: no SVG, no PDF.
const FORMATS = ['jpeg', 'png', 'webp', 'gif', 'tiff', 'heif']

export interface ImageThumbnailRequest {
  /** A JPEG, PNG, WebP or other still that sharp reads. */
  input: string
  output: string
}

/**
 * Makes a JPEG of a picture, upright as its EXIF says, at most 640 pixels wide and high; transparency becomes white.
 * Throws a MediaError (unreadable) for what sharp can't read, such as an iPhone's HEIC.
 */
export async function imageThumbnail(tools: MediaTools, { input, output }: ImageThumbnailRequest): Promise<void> {
  await withRunFolder(tools.tempDir, async (folder) => {
    const result = join(folder, 'thumbnail.jpg')
    try {
      const picture = sharp(input, { limitInputPixels: MAX_PIXELS, failOn: 'error', autoOrient: true })
      const { format } = await picture.metadata()
      if (!FORMATS.includes(format)) throw new Error(`Format ${format} is not read`)
      await picture
        .resize({ width: MAX_THUMBNAIL_WIDTH, height: MAX_THUMBNAIL_WIDTH, fit: 'inside', withoutEnlargement: true })
        .flatten({ background: '#ffffff' })
        .jpeg({ quality: 82, mozjpeg: true })
        .timeout({ seconds: TIMEOUT_SECONDS })
        .toFile(result)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      const message = "The picture can't be read. Send it as JPEG, PNG or WebP."
      throw new MediaError('unreadable', message, { detail: reason, cause: error })
    }
    await moveFile(result, output)
  })
}
