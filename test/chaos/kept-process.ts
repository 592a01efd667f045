/** A process that is started again whenever it ends, as whoever runs a server would. */
import { appendFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type SpawnedProcess, spawnProcess } from '../support/process.ts'

/** Its start competes with everything that the others are at. */
const READY_WITHIN_MS = 180_000
/** Before a process that ended by itself is started again. */
const PAUSE_MS = 500

export type KeptProcess = ReturnType<typeof keepRunning>

/**
 * @param log the file that gets what it prints, once it has ended
 * @param env and `args`: given at every start
 */
export function keepRunning(script: string, log: string, env: Record<string, string>, args: string[] = []) {
  let current: SpawnedProcess
  let down = PAUSE_MS
  let killed = false
  let stopping = false
  /** Ends of a process that was ready and that nobody had killed: a bug of ours. */
  const faints: string[] = []

  const start = (): SpawnedProcess => {
    killed = false
    let wasReady = false
    const spawned = spawnProcess(script, env, { withinMs: READY_WITHIN_MS }, args)
    current = spawned
    spawned.ready.then(
      () => (wasReady = true),
      () => {},
    )
    spawned.child.once('exit', async (code, signal) => {
      appendFileSync(log, `${spawned.output()}— ${script} (${spawned.child.pid}) ended: ${signal ?? `code ${code}`}\n`)
      if (stopping) return
      if (wasReady && !killed) faints.push(`${script} ended by itself (${signal ?? `code ${code}`}): ${endOf(spawned)}`)
      await sleep(killed ? down : PAUSE_MS)
      if (!stopping) start()
    })
    return spawned
  }
  const first = start()

  const isRunning = () => current.child.exitCode === null && current.child.signalCode === null
  const isReady = () =>
    current.ready.then(
      () => isRunning(),
      () => false,
    )
  const untilReady = async () => {
    while (!(await isReady())) await sleep(50)
  }

  return {
    faints,
    /** Rejects when it can't be started at all. */
    firstReady: first.ready,
    pid: () => current.child.pid ?? 0,
    untilReady,
    /** kill -9; it is started again `downMs` later. */
    async kill(downMs: number): Promise<void> {
      while (!isRunning()) await sleep(20)
      killed = true
      down = downMs
      await current.kill()
    },
    /** SIGTERM once it is ready. @returns its exit code */
    async end(): Promise<number | null> {
      await untilReady()
      stopping = true
      return current.end()
    },
    /** When the run itself has failed. */
    async abandon(): Promise<void> {
      stopping = true
      await current.kill()
    },
  }
}

const endOf = (spawned: SpawnedProcess) => spawned.output().trim().split('\n').slice(-3).join(' | ')
