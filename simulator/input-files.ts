/** Fetches what an input points to, when the prediction runs, as the provider does. */

import sharp from 'sharp'
import type { Uploads } from './uploads.ts'

const MAX_BYTES = 100 * 1024 * 1024
const TIMEOUT_MS = 30_000

/** Why a prediction failed, in words that go into its `error`. */
export class PredictionError extends Error {
  override name = 'PredictionError'
}

export interface Picture {
  url: string
  bytes: Buffer
  /** Pixels, as it is shown (a photo's orientation applied). */
  width: number
  height: number
}

/**
 * The bytes behind a URL of an input: http(s), a data URI, or a file of the simulator's own files API.
 * @param ownUrl the simulator's own address, without a path
 * @throws {PredictionError} when they can't be had
 */
export async function fetchInput(
  url: string,
  uploads: Uploads,
  ownUrl: string,
  signal: AbortSignal,
): Promise<Buffer<ArrayBuffer>> {
  const own = url.startsWith(`${ownUrl}/v1/files/`) ? url.slice(`${ownUrl}/v1/files/`.length).split('/')[0] : undefined
  if (own !== undefined) {
    const upload = uploads.get(own)
    if (!upload) throw new PredictionError(`404 Client Error: Not Found for url: ${url}`)
    return uploads.read(upload)
  }
  const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]) }).catch(
    (error: Error) => {
      signal.throwIfAborted()
      const cause = error.cause instanceof Error ? error.cause.message : error.message
      throw new PredictionError(`Max retries exceeded with url: ${shorten(url)} (Caused by: ${cause})`)
    },
  )
  if (!response.ok) {
    await response.body?.cancel()
    const side = response.status < 500 ? 'Client' : 'Server'
    throw new PredictionError(`${response.status} ${side} Error: ${response.statusText} for url: ${shorten(url)}`)
  }
  const bytes = Buffer.from(
    await response.arrayBuffer().catch(() => {
      signal.throwIfAborted()
      throw new PredictionError(`('Connection broken: IncompleteRead', ${shorten(url)})`)
    }),
  )
  if (bytes.length > MAX_BYTES) throw new PredictionError(`File is larger than 100MB: ${shorten(url)}`)
  return bytes
}

/**
 * Checks that bytes are a picture.
 * @throws {PredictionError} when they are not, in the words of the Python library that the models read pictures with
 */
export async function readPicture(url: string, bytes: Buffer): Promise<Picture> {
  const metadata = await sharp(bytes)
    .metadata()
    .catch(() => null)
  if (!metadata || metadata.format === 'svg') {
    throw new PredictionError(`cannot identify image file '${shorten(url)}'`)
  }
  return { url, bytes, ...metadata.autoOrient }
}

function shorten(url: string): string {
  return url.length > 200 ? `${url.slice(0, 200)}…` : url
}
