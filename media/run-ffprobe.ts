import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import type { Demuxer } from './demuxer.ts'
import { MediaError, withoutPaths } from './errors.ts'
import type { MediaTools } from './tools.ts'

const TIMEOUT_SECONDS = 60
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024

/**
 * Runs ffprobe on one file and returns what it wrote. Not through fluent-ffmpeg, whose ffprobe can be neither stopped
 * nor limited. Throws a MediaError: "unreadable" when ffprobe refuses the file or finds it cut short.
 */
export function runFfprobe(
  tools: MediaTools,
  path: string,
  demuxer: Demuxer,
  args: string[],
  signal?: AbortSignal,
): Promise<string> {
  const fixed = ['-v', 'error', '-protocol_whitelist', 'file', '-f', demuxer]
  const limits = {
    timeout: TIMEOUT_SECONDS * 1000,
    killSignal: 'SIGKILL',
    maxBuffer: MAX_OUTPUT_BYTES,
    signal,
  } as const
  return new Promise((succeed, fail) => {
    execFile(tools.ffprobePath, [...fixed, ...args, resolve(path)], limits, (error, stdout, stderr) => {
      if (error) fail(probeError(error, stderr, signal))
      // ffprobe calls a file whose last bytes are missing a success.
      else if (stderr.includes('partial file')) {
        fail(
          new MediaError('unreadable', 'The file is cut short: its end is missing. Fetch it again.', {
            detail: stderr,
          }),
        )
      } else succeed(stdout)
    })
  })
}

function probeError(
  error: Error & { code?: string | number | null; killed?: boolean; signal?: NodeJS.Signals | null },
  stderr: string,
  signal?: AbortSignal,
) {
  const options = { cause: error, detail: stderr.slice(-2000) }
  if (signal?.aborted) return new MediaError('aborted', 'Stopped: no longer wanted (read the file).', options)
  if (error.code === 'ENOENT' || error.code === 'EACCES') {
    const message = 'ffprobe is not where it was expected. Set FFPROBE_PATH, or install it again.'
    return new MediaError('failed', message, options)
  }
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') {
    return new MediaError('unreadable', 'The file has too many pictures or sound packets to be read.', options)
  }
  if (error.killed) {
    return new MediaError('timeout', `Stopped: reading the file took more than ${TIMEOUT_SECONDS} s.`, options)
  }
  // Somebody else ended it, such as a system out of memory: the file may well be good.
  if (error.signal)
    return new MediaError('failed', `ffprobe was ended by ${error.signal} while it read the file.`, options)
  if (stderr.includes('moov atom not found')) {
    const message = 'The file has no index (moov atom not found): it is cut short, or no video. Fetch it again.'
    return new MediaError('unreadable', message, options)
  }
  const reason = withoutPaths(stderr.trim().split('\n').at(-1) ?? '') || 'ffprobe gave no reason'
  return new MediaError('unreadable', `The file can't be read as video or audio: ${reason}.`, options)
}
