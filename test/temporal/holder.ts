import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'

/** Starts one of this folder's programs and waits for the line that it prints when it is ready. */
export async function startHolder(program: string, dataDir: string): Promise<{ child: ChildProcess; line: string }> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, program), dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(([code]) => {
      throw new Error(`${program} ended with exit code ${code} before it was ready`)
    }),
  ])
  return { child, line: String(line).trim() }
}

export async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}
