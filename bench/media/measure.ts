/** What a piece of work takes: time, and the most memory and temporary bytes that it and its processes held at once. */
import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { cpuSecondsOf, descendants } from '../processes.ts'

export interface Measured {
  seconds: number
  /** Seconds of CPU in all processes that it ran in, which hardly depend on who else is busy. */
  cpu: number
  /** Bytes resident in all processes that it ran in, looked at every 50 ms or less often, where a look takes long. */
  memory: number
  /** Bytes below `folder`, beside what was there before. */
  temporary: number
}

const LOOK_EVERY_MS = 50
/** As many times as long as a look are the pauses between: of an ffmpeg with hundreds of threads it takes half a core else. */
const PAUSES = 20

/** @param isPlain whether it does without what stands by already, which is our media process */
export async function measured(folder: string, work: () => Promise<unknown>, isPlain = false): Promise<Measured> {
  const without = new Set(isPlain ? await descendants(process.pid) : [])
  const most = { memory: 0, temporary: 0 }
  const there = await bytesIn(folder)
  const over = new AbortController()
  const watching = (async () => {
    while (!over.signal.aborted) {
      const began = performance.now()
      const pids = (await descendants(process.pid)).filter((pid) => !without.has(pid))
      const resident = await Promise.all(pids.map(residentBytes))
      most.memory = Math.max(
        most.memory,
        resident.reduce((sum, bytes) => sum + bytes, 0),
      )
      most.temporary = Math.max(most.temporary, (await bytesIn(folder)) - there)
      const took = performance.now() - began
      await sleep(Math.max(LOOK_EVERY_MS, took * PAUSES), undefined, { signal: over.signal }).catch(() => {})
    }
  })()
  const [begin, used] = [performance.now(), await cpuSeconds()]
  let ended = begin
  try {
    await work()
    ended = performance.now()
  } finally {
    over.abort()
    await watching
  }
  return { seconds: (ended - begin) / 1000, cpu: (await cpuSeconds()) - used, ...most }
}

/** Of the processes that stand by, with theirs that have ended, and of ours that have ended: all but our own. */
async function cpuSeconds(): Promise<number> {
  const { user, system } = process.cpuUsage()
  return (await cpuSecondsOf(process.pid)) - (user + system) / 1e6
}

async function residentBytes(pid: string): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1024
}

async function bytesIn(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => [])
  const sizes = names.map((name) =>
    stat(path.join(folder, name)).then(
      (found) => (found.isFile() ? found.size : 0),
      () => 0,
    ),
  )
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}
