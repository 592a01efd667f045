/** Finds out what a file is, from its bytes alone: names and content types are only claims. */
import { fileTypeFromFile } from 'file-type'
import sharp from 'sharp'
import type { Media } from '../media/index.ts'
import { conformImage } from './conform-image.ts'
import { UnusableFile } from './unusable-file.ts'

/** A file that may become an asset, and what it is. */
export interface InspectedFile {
  /** The file to keep: the one given, or what it was converted to. */
  path: string
  type: 'image' | 'video' | 'audio'
  /** File name extension. */
  format: string
  contentType: string
  /** Pixels, as it is seen. */
  width: number | null
  height: number | null
  /** Seconds. */
  duration: number | null
}

/**
 * @param folder where a converted file may be written
 * @throws UnusableFile when it is neither image, video nor audio, or is broken; MediaError for video and audio
 */
export async function inspectFile(media: Media, path: string, folder: string): Promise<InspectedFile> {
  const kind = await fileTypeFromFile(path)
  // An SVG is text that a browser runs: it has no kind here, and sharp, which would draw it, is never asked.
  if (!kind) throw new UnusableFile('The file is empty, or neither an image nor a video nor audio.')
  if (kind.mime.startsWith('image/')) return inspectImage(media, path, folder)
  if (kind.mime.startsWith('video/') || kind.mime.startsWith('audio/') || kind.mime === 'application/ogg') {
    return inspectRecording(media, path, kind)
  }
  throw new UnusableFile(`The file is ${kind.mime}, neither an image nor a video nor audio.`)
}

async function inspectImage(media: Media, original: string, folder: string): Promise<InspectedFile> {
  const path = await conformImage(media, original, folder)
  const { format, width, height } = await sharp(path).metadata()
  const jpeg = format === 'jpeg'
  return {
    path,
    type: 'image',
    format: jpeg ? 'jpg' : 'png',
    contentType: jpeg ? 'image/jpeg' : 'image/png',
    width,
    height,
    duration: null,
  }
}

async function inspectRecording(
  media: Media,
  path: string,
  kind: { ext: string; mime: string },
): Promise<InspectedFile> {
  const { video, durationSeconds } = await media.probe(path)
  if (!video) {
    // The containers are the same with and without a picture, and file-type does not look for one.
    const contentType = kind.mime.replace(/^(video|application)\//, 'audio/')
    const format = kind.ext === 'mp4' ? 'm4a' : kind.ext
    return { path, type: 'audio', format, contentType, width: null, height: null, duration: durationSeconds }
  }
  const upright = video.rotation % 180 === 0
  return {
    path,
    type: 'video',
    format: kind.ext,
    contentType: kind.mime,
    width: upright ? video.width : video.height,
    height: upright ? video.height : video.width,
    duration: durationSeconds,
  }
}
