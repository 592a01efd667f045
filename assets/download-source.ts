import { createWriteStream } from 'node:fs'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fetchSafely } from '../net/fetch-safely.ts'
import type { AssetDeps } from './deps.ts'
import type { IncomingFile } from './store-file.ts'

const TIMEOUT_SECONDS = 120

/**
 * Downloads what a source_url names.
 * @param folder where the file is written
 * @throws FetchRefused with the reason, unless `signal` was aborted
 */
export async function downloadSource(
  config: AssetDeps['config'],
  sourceUrl: string,
  folder: string,
  signal?: AbortSignal,
): Promise<IncomingFile> {
  const { body, url } = await fetchSafely(sourceUrl, {
    allowedPrivateHosts: config.allowedPrivateHosts,
    maxBytes: config.http.maxUploadBytes,
    timeoutSeconds: TIMEOUT_SECONDS,
    signal,
  })
  const file = { path: path.join(folder, 'download'), name: nameIn(url) }
  await pipeline(body, createWriteStream(file.path))
  return file
}

function nameIn(url: string): string {
  const last = new URL(url).pathname.split('/').at(-1) ?? ''
  try {
    return decodeURIComponent(last)
  } catch {
    return last
  }
}
