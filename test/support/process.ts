/** A script of ours as a process of its own, to be killed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'

const root = path.join(import.meta.dirname, '..', '..')

export interface StartedProcess {
  child: ChildProcess
  /** Everything it printed. */
  output(): string
  /** SIGKILL: nothing is finished, nothing is cleaned. */
  kill(): Promise<void>
  /** SIGTERM, and its exit code. */
  end(): Promise<number | null>
}

export interface SpawnedProcess extends StartedProcess {
  /** Rejects with what it printed, when it ends before it is ready or is not ready in time. */
  ready: Promise<void>
}

interface SpawnOptions {
  /** What it prints on standard output once it can be used. */
  says?: RegExp
  withinMs?: number
  /** A file descriptor to write its log to, instead of keeping it in memory. */
  stderr?: number | 'pipe'
}

/** Returns at once; it is ready within 40 seconds unless told otherwise. */
export function spawnProcess(
  script: string,
  env: Record<string, string>,
  { says = / ready /, withinMs = 40_000, stderr = 'pipe' }: SpawnOptions = {},
  args: string[] = [],
): SpawnedProcess {
  const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env
  const child = spawn(process.execPath, [path.join(root, script), ...args], {
    cwd: root,
    env: { PATH, HOME, NODE_COMPILE_CACHE, LOG_LEVEL: 'warn', NODE_ENV: 'test', ...env },
    stdio: ['ignore', 'pipe', stderr],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk))
  const exited = once(child, 'exit')
  // A test that fails may not come to the line that ends it.
  const killWithUs = () => child.kill('SIGKILL')
  process.once('exit', killWithUs)
  exited.then(() => process.off('exit', killWithUs))
  const ready = new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${script} was not ready in time:\n${output}`)), withinMs)
    child.stdout?.on('data', () => {
      if (!says.test(output)) return
      clearTimeout(late)
      resolve()
    })
    child.once('exit', () => {
      clearTimeout(late)
      reject(new Error(`${script} ended early:\n${output}`))
    })
  })
  // Whoever kills it while it starts does not wait for it.
  ready.catch(() => {})
  return {
    child,
    ready,
    output: () => output,
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
    async end() {
      child.kill('SIGTERM')
      await exited
      return child.exitCode
    },
  }
}

/**
 * @param stderr a file descriptor to write its log to, instead of keeping it in memory
 * @throws Error with what it printed, when it ends before it is ready or is not ready within 40 seconds
 */
export async function startProcess(
  script: string,
  env: Record<string, string>,
  stderr: number | 'pipe' = 'pipe',
): Promise<StartedProcess> {
  const spawned = spawnProcess(script, env, { stderr })
  await spawned.ready
  return spawned
}
