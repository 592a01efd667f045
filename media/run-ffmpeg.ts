import { stat } from 'node:fs/promises'
import { constants, setPriority } from 'node:os'
import { extname, join, resolve } from 'node:path'
import ffmpeg from 'fluent-ffmpeg'
import type { Demuxer } from './demuxer.ts'
import { MediaError, withoutPaths } from './errors.ts'
import { moveFile, withRunFolder } from './folder.ts'
import type { Controls, MediaTools } from './tools.ts'

export interface FfmpegInput {
  path: string
  demuxer: Demuxer | 'concat' | 'png_pipe' | 'webvtt'
  /** Further options of this input, one argument each. */
  options?: string[]
}

export interface FfmpegRun extends Controls {
  /** What is tried, as in "ffmpeg could not <task>". */
  task: string
  inputs: FfmpegInput[]
  /** A filter graph. No text from a user may go in here. */
  filter?: string
  /** The output's options, one argument each. */
  options: string[]
  /** Where the result goes; its extension chooses the container. Replaced in one step, and only by a whole result. */
  output: string
  /** Looks at the result before it becomes `output`; what it throws, the run throws. */
  verify?: (result: string) => Promise<void>
  /** Seconds of output to come; progress is told only when it is known. */
  expectedSeconds?: number
  /** Seconds after which the run is killed. */
  timeoutSeconds: number
  /** Bytes at which the run is stopped: by default far more than the longest film has. */
  maxBytes?: number
  /** Told every line that ffmpeg says, where what its filters find out is wanted; else it only says what goes wrong. */
  onLine?: (line: string) => void
}

/** More than any film has. */
const MAX_BYTES = 8 * 2 ** 30
// What only follows from another failure: these come last, after the line that says why.
const CONSEQUENCE = new RegExp(
  [
    'Nothing was written into output file',
    'Could not open encoder before EOF',
    'Error while filtering: ',
    'Generic error in an external library',
    'Task finished with error code',
    'Terminating thread',
    'Last message repeated',
    'Conversion failed!',
  ].join('|'),
)
const KEPT_LINES = 20
const KEPT_LINE_LENGTH = 500
// -progress writes these among the messages on stderr.
const PROGRESS_LINE = /^([a-z0-9_]+)=\s*(\S*)$/

/**
 * Runs ffmpeg: the one place that does. Throws a MediaError: "failed" or "unreadable" with ffmpeg's last words,
 * "timeout", or "aborted"; nothing is left behind then, and `output` is as it was.
 */
export async function runFfmpeg(tools: MediaTools, run: FfmpegRun): Promise<void> {
  await withRunFolder(tools.tempDir, async (folder) => {
    const result = join(folder, `output${extname(run.output)}`)
    await told(tools, run.task, () => execute(tools, run, result))
    const size = await stat(result).then(
      (found) => found.size,
      () => 0,
    )
    if (size === 0) {
      throw new MediaError('unreadable', `ffmpeg could not ${run.task}: it found nothing to read in the input.`)
    }
    refuseTooLarge(run, size)
    await run.verify?.(result).catch(ourFault)
    await moveFile(result, run.output)
  })
}

let runs = 0

/** Runs it, and tells of its begin and end. */
async function told({ onRun }: MediaTools, task: string, execution: () => Promise<void>): Promise<void> {
  const run = ++runs
  onRun?.({ run, at: Date.now(), task })
  try {
    await execution()
    onRun?.({ run, at: Date.now(), task, ended: {} })
  } catch (error) {
    onRun?.({ run, at: Date.now(), task, ended: { problem: error instanceof Error ? error.message : String(error) } })
    throw error
  }
}

/** For a file that a run writes beside its output, too: ffmpeg does not count that. Throws a MediaError. */
export function refuseTooLarge({ task, maxBytes = MAX_BYTES }: Pick<FfmpegRun, 'task' | 'maxBytes'>, size: number) {
  if (size < maxBytes) return
  const why = `it writes more than the ${maxBytes} bytes that it may`
  throw new MediaError('failed', `ffmpeg could not ${task}: ${why}. Make the film shorter or smaller.`)
}

/** What can't be read here was written by us (a disk that filled up): the input is as good as it was. */
function ourFault(error: unknown): never {
  if (!(error instanceof MediaError) || error.kind !== 'unreadable') throw error
  throw new MediaError('failed', `What ffmpeg wrote can't be read: ${error.message}`, {
    detail: error.detail,
    cause: error,
  })
}

function execute(tools: MediaTools, run: FfmpegRun, result: string): Promise<void> {
  const { promise, resolve: succeed, reject: fail } = Promise.withResolvers<void>()
  const lines: string[] = []
  let stopped: MediaError | undefined

  const command = build(tools, run, result)
  const stop = (reason: MediaError) => {
    stopped ??= reason
    // At once and without grace: what a killed run has written is thrown away.
    command.kill('SIGKILL')
  }
  const abort = () =>
    stop(new MediaError('aborted', `Stopped: no longer wanted (${run.task}).`, { cause: run.signal?.reason }))
  const timer = setTimeout(
    () => stop(new MediaError('timeout', `Stopped: ffmpeg took more than ${run.timeoutSeconds} s to ${run.task}.`)),
    run.timeoutSeconds * 1000,
  )
  const settle = (error?: Error) => {
    clearTimeout(timer)
    run.signal?.removeEventListener('abort', abort)
    if (stopped) fail(stopped)
    else if (error) fail(failure(run, error, lines))
    else succeed()
  }

  command.on('start', () => {
    // kill() before this moment went nowhere, because there was no process yet.
    if (stopped) command.kill('SIGKILL')
    else beNice(command)
  })
  const isProgress = progressReader(run)
  command.on('stderr', (line: string) => {
    if (isProgress(line) || line.trim() === '') return
    run.onLine?.(line)
    lines.push(line.slice(0, KEPT_LINE_LENGTH))
    if (lines.length > KEPT_LINES) lines.shift()
  })
  command.on('end', () => settle())
  command.on('error', settle)
  run.signal?.addEventListener('abort', abort, { once: true })
  if (run.signal?.aborted) {
    abort()
    settle()
  } else {
    command.run()
  }
  return promise
}

function build(tools: MediaTools, run: FfmpegRun, result: string) {
  // fluent-ffmpeg keeps this path for the whole process; there is one ffmpeg a process.
  ffmpeg.setFfmpegPath(tools.ffmpegPath)
  const command = ffmpeg()
  for (const input of run.inputs) {
    // Options are passed as separate arguments: fluent-ffmpeg splits a lone string (or array) at its space.
    command
      .input(resolve(input.path))
      .inputOptions('-protocol_whitelist', 'file', '-f', input.demuxer, ...(input.options ?? []))
  }
  if (run.filter) command.complexFilter(run.filter)
  const progress = run.onProgress && run.expectedSeconds ? ['-progress', 'pipe:2', '-stats_period', '0.5'] : []
  const said = run.onLine ? 'info' : 'error'
  command.outputOptions('-nostdin', '-hide_banner', '-nostats', '-loglevel', said, ...progress, ...run.options)
  // ffmpeg ends by itself with the first packet beyond it.
  command.outputOptions('-fs', String(run.maxBytes ?? MAX_BYTES))
  return command.output(result)
}

/**
 * Reads -progress lines and says whether a line was one. fluent-ffmpeg's own progress event is not used: listening to
 * it makes fluent-ffmpeg probe the first input by itself, with no demuxer pinned.
 */
function progressReader(run: FfmpegRun): (line: string) => boolean {
  let told = 0
  return (line) => {
    const match = PROGRESS_LINE.exec(line)
    if (!match) return false
    if (match[1] === 'out_time_us' && run.expectedSeconds) {
      const fraction = Math.min(1, Number(match[2]) / 1e6 / run.expectedSeconds)
      if (fraction > told) {
        told = fraction
        run.onProgress?.(fraction)
      }
    }
    return true
  }
}

/** Lets the API and the worker go first. Not by fluent-ffmpeg's niceness, which needs a `nice` on PATH. */
function beNice(command: ffmpeg.FfmpegCommand): void {
  const pid = (command as unknown as { ffmpegProc?: { pid?: number } }).ffmpegProc?.pid
  if (pid === undefined) return
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // It has already ended, or the system does not allow it: then it runs as it is.
  }
}

function failure(run: FfmpegRun, error: Error, lines: string[]): MediaError {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
    return new MediaError('failed', 'ffmpeg is not where it was expected. Set FFMPEG_PATH, or install it again.', {
      cause: error,
    })
  }
  const cause = lines.findLast((line) => !CONSEQUENCE.test(line)) ?? lines.at(-1)
  const reason = withoutPaths(cause ?? error.message)
  return new MediaError('failed', `ffmpeg could not ${run.task}: ${reason}`, { detail: lines.join('\n'), cause: error })
}
