import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Watched {
  seconds: number
  /** The most that all child processes had in memory at a time; 0 where there is no /proc. */
  peakBytes: number
  /** The most that lay in the temp folder at a time. */
  tempBytes: number
}

const EVERY_MS = 20
const PAGE_BYTES = 4096

/** Runs `work` and looks at what it uses meanwhile. */
export async function watched(tempDir: string, work: () => Promise<void>): Promise<Watched> {
  const result = { seconds: 0, peakBytes: 0, tempBytes: 0 }
  const began = performance.now()
  let isDone = false
  const working = work().finally(() => {
    result.seconds = (performance.now() - began) / 1000
    isDone = true
  })
  while (!isDone) {
    const [memory, files] = await Promise.all([childrenBytes(), folderBytes(tempDir)])
    result.peakBytes = Math.max(result.peakBytes, memory)
    result.tempBytes = Math.max(result.tempBytes, files)
    await Promise.race([sleep(EVERY_MS), working.catch(() => {})])
  }
  await working
  return result
}

async function childrenBytes(): Promise<number> {
  const ids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  const sizes = await Promise.all(
    ids.map(async (id) => {
      // After the command in brackets: state, parent, …; the 22nd field is the pages in memory.
      const fields = (await readFile(`/proc/${id}/stat`, 'utf8').catch(() => '')).split(') ').at(-1)?.split(' ') ?? []
      return Number(fields[1]) === process.pid ? Number(fields[21]) * PAGE_BYTES : 0
    }),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

async function folderBytes(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => [])
  const sizes = await Promise.all(
    names.map((name) =>
      stat(path.join(folder, name)).then(
        (found) => (found.isFile() ? found.size : 0),
        () => 0,
      ),
    ),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}
