/** Finding programs on this machine and asking them their version. */
import { execFile } from 'node:child_process'
import { access, constants, stat } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'

export const run = promisify(execFile)

export async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK)
    return (await stat(file)).isFile()
  } catch {
    return false
  }
}

/** The first program of that name on PATH. */
export async function findOnPath(name: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  for (const folder of (env.PATH ?? '').split(path.delimiter)) {
    const file = path.resolve(folder, name)
    if (folder !== '' && (await isExecutable(file))) return file
  }
  return undefined
}

/**
 * The version that a program tells, such as "1.9.1", or "9.0.2" for ffmpeg's "n9.0.2-17-g2a571b6068".
 * @throws when it does not run
 */
export async function askVersion(file: string, argument: '--version' | '-version'): Promise<string> {
  const { stdout } = await run(file, [argument], { timeout: 20_000 })
  const told = /version (\S+)/.exec(stdout)?.[1] ?? 'unknown'
  return /^n?(\d\S*?)(-\d+-g[0-9a-f]+\S*)?$/.exec(told)?.[1] ?? told
}

/** An error in a few words, for a sentence that lists several. */
export function inWords(error: unknown): string {
  return error instanceof Error ? (error.message.trim().split('\n').at(-1) ?? error.name) : String(error)
}
