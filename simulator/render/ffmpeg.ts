/** Runs ffmpeg: at most two at a time, killed when the prediction is canceled. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { PredictionError } from '../input-files.ts'

const MAX_AT_ONCE = 2
const STDERR_LIMIT = 2_000

let running = 0
const waiting: (() => void)[] = []

/**
 * Runs ffmpeg to its end and returns what it wrote to standard output.
 * @param input bytes for its standard input
 * @throws {PredictionError} with the end of what it said, when it fails
 * @throws the signal's reason when that is aborted, after the process was killed
 */
export async function runFfmpeg(
  ffmpeg: string,
  args: readonly string[],
  signal: AbortSignal,
  input?: Uint8Array,
): Promise<Buffer> {
  if (running >= MAX_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve))
  else running += 1
  try {
    signal.throwIfAborted()
    return await run(ffmpeg, args, signal, input)
  } finally {
    const next = waiting.shift()
    if (next) next()
    else running -= 1
  }
}

async function run(
  ffmpeg: string,
  args: readonly string[],
  signal: AbortSignal,
  input: Uint8Array | undefined,
): Promise<Buffer> {
  const child = spawn(ffmpeg, ['-v', 'error', '-nostdin', '-y', ...args], { stdio: ['pipe', 'pipe', 'pipe'] })
  const kill = () => child.kill('SIGKILL')
  signal.addEventListener('abort', kill, { once: true })
  const output: Buffer[] = []
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-STDERR_LIMIT)
  })
  // ffmpeg may close its input before it has read it all: its exit code tells whether that was an error.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  try {
    const [code] = (await once(child, 'close')) as [number | null]
    signal.throwIfAborted()
    if (code !== 0) throw new PredictionError(`ffmpeg ended with code ${code}: ${said.trim()}`)
  } finally {
    signal.removeEventListener('abort', kill)
  }
  return Buffer.concat(output)
}
