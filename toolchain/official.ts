/** The publisher's own release archive. */
import { createWriteStream } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { run } from './executables.ts'

const ANSWER_WITHIN_MS = 5_000
const SILENT_AT_MOST_MS = 20_000

/** The publishers' hosts that can't be reached, found out once a process: on a closed network nobody waits twice. */
const unreachable = new Set<string>()

/** @throws when that host was found out of reach before */
export function assertReachable(url: string): void {
  const { host } = new URL(url)
  if (unreachable.has(host)) throw new Error(`${host} can't be reached`)
}

/**
 * Downloads a release archive and unpacks it into `folder`.
 * @throws when the publisher does not answer within 5 seconds, falls silent for 20, or answers with an error
 */
export async function fetchOfficial(url: string, folder: string): Promise<void> {
  assertReachable(url)
  const { host } = new URL(url)
  const archive = path.join(folder, 'archive')
  const patience = new AbortController()
  const timer = setTimeout(() => patience.abort(), ANSWER_WITHIN_MS)
  let response: Response
  try {
    response = await fetch(url, { signal: patience.signal })
  } catch {
    unreachable.add(host)
    throw new Error(`${host} can't be reached`)
  } finally {
    clearTimeout(timer)
  }
  if (!response.ok || !response.body) throw new Error(`${host} answers ${response.status}`)
  const silence = setTimeout(() => patience.abort(), SILENT_AT_MOST_MS)
  try {
    const body = Readable.fromWeb(response.body)
    body.on('data', () => silence.refresh())
    await pipeline(body, createWriteStream(archive))
  } catch (error) {
    throw new Error(`the download from ${host} broke off`, { cause: error })
  } finally {
    clearTimeout(silence)
  }
  await run('tar', ['-xf', archive, '-C', folder])
}
