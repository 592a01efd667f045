/** Puts an inspected file and its thumbnail into the blob store. */
import path from 'node:path'
import { MediaError } from '../media/index.ts'
import type { AssetBytes } from '../prisma/queries/assets.ts'
import type { AssetDeps } from './deps.ts'
import { type InspectedFile, inspectFile } from './inspect-file.ts'
import { UnusableFile } from './unusable-file.ts'

/** A file on disk that is to become an asset's bytes. */
export interface IncomingFile {
  path: string
  /** What it was called where it came from. */
  name: string
}

/**
 * @param folder the file's own; files in it are moved away
 * @throws UnusableFile when the file is at fault
 */
export async function storeFile(
  { blobs, media }: Pick<AssetDeps, 'blobs' | 'media'>,
  file: IncomingFile,
  folder: string,
): Promise<AssetBytes> {
  try {
    const { path: kept, ...inspected } = await inspectFile(media, file.path, folder)
    const still = await makeThumbnail(media, { path: kept, ...inspected }, folder)
    const look = inspected.type === 'image' ? await media.photoLook({ input: still }) : undefined
    const thumbnail = await blobs.putFile(still)
    const { hash, size } = await blobs.putFile(kept)
    return { ...inspected, blobHash: hash, size, thumbnailHash: thumbnail.hash, look }
  } catch (error) {
    if (error instanceof MediaError && isTheFilesFault(error)) throw new UnusableFile(error.message, { cause: error })
    throw error
  }
}

/** What ffmpeg says when the machine is at fault; whatever else it gives up with lies in the file. */
const MACHINE = /No space left|Cannot allocate memory|Permission denied|Read-only file system|Too many open files/

function isTheFilesFault({ kind, detail }: MediaError): boolean {
  return kind === 'unreadable' || kind === 'timeout' || (kind === 'failed' && detail !== '' && !MACHINE.test(detail))
}

/** The path of a JPEG; of sound, its waveform. Making it decodes the file, so a broken one is found here. */
async function makeThumbnail(media: AssetDeps['media'], file: InspectedFile, folder: string): Promise<string> {
  const output = path.join(folder, 'thumbnail.jpg')
  const request = { input: file.path, output }
  const make = { image: media.imageThumbnail, video: media.thumbnail, audio: media.waveform }[file.type]
  await make(request)
  return output
}
