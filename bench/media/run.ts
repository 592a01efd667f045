import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

/** Runs ffmpeg as anybody would, apart from media/. */
export async function run(ffmpegPath: string, args: string[]): Promise<void> {
  await promisify(execFile)(ffmpegPath, ['-v', 'error', '-nostdin', '-y', ...args])
}

export interface Cost {
  seconds: number
  /** Seconds of CPU that the processes which `work` started used; 0 where there is no /proc. */
  cpu: number
}

/** What `work` takes. The CPU's time hardly depends on who else is busy. */
export async function costOf(work: () => Promise<void>): Promise<Cost> {
  const [began, used] = [performance.now(), await childrenCpu()]
  await work()
  return { seconds: (performance.now() - began) / 1000, cpu: (await childrenCpu()) - used }
}

const TICKS_A_SECOND = 100

async function childrenCpu(): Promise<number> {
  // After the command in brackets: state, parent, …; the 14th and 15th are of children that have ended.
  const fields = (await readFile('/proc/self/stat', 'utf8').catch(() => '')).split(') ').at(-1)?.split(' ') ?? []
  return (Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) / TICKS_A_SECOND
}
