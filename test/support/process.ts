/** `npm start` as a process of its own, to be killed. */
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

/**
 * @param stderr a file descriptor to write its log to, instead of keeping it in memory
 * @throws Error with what it printed, when it ends before it is ready or is not ready within 40 seconds
 */
export async function startProcess(
  script: string,
  env: Record<string, string>,
  stderr: number | 'pipe' = 'pipe',
): Promise<StartedProcess> {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [path.join(root, script)], {
    cwd: root,
    env: { PATH, HOME, LOG_LEVEL: 'warn', NODE_ENV: 'test', ...env },
    stdio: ['ignore', 'pipe', stderr],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk))
  const exited = once(child, 'exit')
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${script} was not ready in time:\n${output}`)), 40_000)
    child.stdout?.on('data', () => {
      if (!/ ready /.test(output)) return
      clearTimeout(late)
      resolve()
    })
    child.once('exit', () => reject(new Error(`${script} ended early:\n${output}`)))
  })
  return {
    child,
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
