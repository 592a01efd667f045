/**
 * The verbs of media/index.ts in a process of their own. Starting a program means copying the page tables of the process
 * that starts it, and nothing else runs meanwhile: 70 ms in a worker of 350 MB, 10 ms in this small one, measured with a
 * worker's hundreds of starts a film. It has another use: what reads untrusted files is started without our secrets.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { MediaError } from '../errors.ts'
import { type Media, mediaOf } from '../index.ts'
import type { Controls, FfmpegNews, MediaTools } from '../tools.ts'
import { errorOf, type Reply, type Request } from './messages.ts'

export interface MediaProcess {
  /** Each verb runs in the process, which is started by the first call, and again by the next one when it has died. */
  media: Media
  /** Ends it; what still runs in it is stopped. */
  close(): void
}

/** Surrounds each verb; `work` does it, and tells of the ffmpegs that it runs. */
export type MediaWatch = <T>(verb: keyof Media, work: (onRun: (news: FfmpegNews) => void) => Promise<T>) => Promise<T>

interface Waiting {
  onProgress?: Controls['onProgress']
  onRun(news: FfmpegNews): void
  succeed(value: unknown): void
  fail(error: Error): void
}

const unwatched: MediaWatch = (_, work) => work(() => {})

export function startMediaProcess(tools: MediaTools, watch = unwatched): MediaProcess {
  let child: Child | null = null
  let started = 0
  return {
    media: mediaOf((verb) => (...args) => {
      child = child?.alive ? child : startChild({ ...tools, tempDir: path.join(tools.tempDir, `media-${++started}`) })
      const { call } = child
      return watch(verb, (onRun) => call(verb, args, onRun))
    }),
    close() {
      child?.close()
      child = null
    },
  }
}

interface Child {
  readonly alive: boolean
  call(verb: keyof Media, args: unknown[], onRun: Waiting['onRun']): Promise<unknown>
  close(): void
}

function startChild(tools: MediaTools): Child {
  const { PATH, TMPDIR, NODE_COMPILE_CACHE } = process.env
  const child = fork(path.join(import.meta.dirname, 'main.ts'), [JSON.stringify(tools)], {
    serialization: 'advanced',
    // Not this process's own: a debugger's port, say.
    execArgv: [],
    env: { PATH, TMPDIR, NODE_COMPILE_CACHE },
    // A Ctrl-C in the terminal goes to the whole group: what runs is to come to its end when we let it.
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const waiting = new Map<number, Waiting>()
  let calls = 0

  const died = (how: string) => {
    for (const [id, { fail }] of waiting) {
      waiting.delete(id)
      fail(new MediaError('failed', `The process that runs ffmpeg ended (${how}) before it was done.`))
    }
  }
  child.on('error', (error: NodeJS.ErrnoException) => died(error.code ?? error.message))
  child.on('exit', (code, signal) => {
    endGroup(child)
    // A killed one could not clean up.
    rm(tools.tempDir, { recursive: true, force: true, maxRetries: 3 }).catch(() => {})
    died(signal ?? `code ${code}`)
  })
  child.on('message', (reply: Reply) => {
    const asked = waiting.get(reply.call)
    if (!asked) return
    if ('progress' in reply) return asked.onProgress?.(reply.progress)
    if ('news' in reply) return asked.onRun(reply.news)
    waiting.delete(reply.call)
    if ('failure' in reply) asked.fail(errorOf(reply.failure))
    else asked.succeed(reply.value)
  })
  // One that could not be started, for want of descriptors say, has no `send`: its 'error' is still to come.
  const send = (request: Request) => child.send?.(request, (error) => error && died(error.message))
  letGo(child)

  return {
    get alive() {
      return child.connected
    },
    async call(verb, args, onRun) {
      const id = ++calls
      const { signal, onProgress, plain } = apart(args)
      const { promise, resolve: succeed, reject: fail } = Promise.withResolvers<unknown>()
      const abort = () => send({ abort: id })
      waiting.set(id, { onProgress, onRun, succeed, fail })
      try {
        hold(child)
        send({ call: id, verb, args: plain, tellProgress: onProgress !== undefined })
        signal?.addEventListener('abort', abort, { once: true })
        if (signal?.aborted) abort()
        return await promise
      } finally {
        signal?.removeEventListener('abort', abort)
        waiting.delete(id)
        if (waiting.size === 0) letGo(child)
      }
    },
    close: () => void (child.connected && child.disconnect()),
  }
}

/** What can't be sent, apart from what can. */
function apart(args: unknown[]): Controls & { plain: unknown[] } {
  const last = args.at(-1)
  if (typeof last !== 'object' || last === null) return { plain: args }
  const { signal, onProgress, ...plain } = last as Controls
  return { signal, onProgress, plain: [...args.slice(0, -1), plain] }
}

/** What it had started is of its group; when it was killed itself, it could not stop that. */
function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // Nothing is left of it.
  }
}

/** An idle one must not keep this process from ending. */
function letGo(child: ChildProcess): void {
  child.unref()
  child.channel?.unref()
}

function hold(child: ChildProcess): void {
  child.ref()
  child.channel?.ref()
}
