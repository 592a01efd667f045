/** The embedded server as a process of the operating system: started apart from us, found again, ended. */
import { execFile, spawn } from 'node:child_process'
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const LOG_BYTES_KEPT = 10 * 1024 * 1024
const END_WITHIN_MS = 15_000

export interface ServerProcess {
  pid: number
  port: number
  /** null: without the UI. */
  uiPort: number | null
}

export interface ServerFiles {
  database: string
  log: string
  /** Which process serves the database; written as soon as it runs. */
  state: string
}

/** The folder is made when missing. Its real path counts: a survivor is known by the path that it was given. */
export function serverFiles(dataDir: string): ServerFiles {
  mkdirSync(dataDir, { recursive: true })
  const folder = realpathSync(dataDir)
  return {
    database: path.join(folder, 'temporal.db'),
    log: path.join(folder, 'temporal.log'),
    state: path.join(folder, 'temporal.json'),
  }
}

/**
 * Starts the server in a session of its own: neither a Ctrl-C nor a kill -9 of this process ends it, so that the next start
 * can attach to it.
 */
export function spawnServer(
  executable: string,
  namespace: string,
  ports: Omit<ServerProcess, 'pid'>,
  files: ServerFiles,
): ServerProcess {
  const log = openLog(files.log)
  const where = ['--ip', '127.0.0.1', '--port', String(ports.port)]
  const ui = ports.uiPort === null ? ['--headless'] : ['--ui-port', String(ports.uiPort)]
  // Twice the throughput of the defaults; a power cut may lose the last moments, a crash of the server nothing.
  const pragmas = ['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=NORMAL']
  const database = ['--db-filename', files.database, ...pragmas, '--namespace', namespace]
  // Where tasks queue, those of one client do not stand in the way of another's (priority.fairnessKey).
  const fair = ['--dynamic-config-value', 'matching.enableFairness=true']
  // No timer fires sooner than this after it was set, a second by default: room for the clocks of several servers to differ.
  const prompt = ['--dynamic-config-value', 'history.timerProcessorMaxTimeShift="10ms"']
  const child = spawn(
    executable,
    ['server', 'start-dev', ...where, ...ui, ...database, ...fair, ...prompt, '--log-level', 'warn'],
    {
      detached: true,
      stdio: ['ignore', log, log],
      // Nothing else of our environment: it holds keys, and settings that the CLI would take for its own.
      env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: process.env.TMPDIR },
    },
  )
  child.on('error', () => {})
  child.unref()
  closeSync(log)
  if (child.pid === undefined) throw new Error(`${executable} could not be started.`)
  const server = { ...ports, pid: child.pid }
  writeState(files.state, server)
  return server
}

/** The server that was last started on this database, if its process still runs. */
export async function survivor(files: ServerFiles): Promise<ServerProcess | undefined> {
  const server = readState(files.state)
  return server && (await isServing(server.pid, files.database)) ? server : undefined
}

/** True when that process is a Temporal server on that database; pids are reused, so being alive says nothing. */
export async function isServing(pid: number, database: string): Promise<boolean> {
  const command = await commandLine(pid)
  return Boolean(command?.includes('start-dev ') && command.includes(`--db-filename ${database} `))
}

/** Ends the server: SIGTERM, and SIGKILL when it is still there 15 seconds later. */
export async function endServer(pid: number, files: ServerFiles): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const until = Date.now() + END_WITHIN_MS
    if (await isServing(pid, files.database)) kill(pid, signal)
    while ((await isServing(pid, files.database)) && Date.now() < until) await sleep(50)
  }
  rmSync(files.state, { force: true })
}

/** What the servers on this database have written from a byte on. @param from as `bytesOf` said before the last start */
export function logSince(file: string, from: number): string {
  const log = readFileSync(file)
  // It was set aside since, where it is shorter.
  return log.subarray(log.length < from ? 0 : from).toString()
}

export function bytesOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

/** Arguments included; undefined when there is no such process, or only its zombie. */
async function commandLine(pid: number): Promise<string | undefined> {
  // It is empty as well for an instant while a process is being started, so an empty one is looked at again.
  for (let look = 0; look < 20; look++) {
    const command = await readCommandLine(pid)
    if (command !== '') return command
    await sleep(10)
  }
  return undefined
}

/** @returns undefined when there is no such process */
async function readCommandLine(pid: number): Promise<string | undefined> {
  try {
    if (process.platform === 'linux') return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ')
    return (await promisify(execFile)('ps', ['-ww', '-o', 'command=', '-p', String(pid)])).stdout
  } catch {
    return undefined
  }
}

/** Its whole process group, which it leads: a `temporal` on PATH may be a script that runs the real one. */
function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Appends; a log that has grown large is set aside once. */
function openLog(file: string): number {
  if (bytesOf(file) > LOG_BYTES_KEPT) renameSync(file, `${file}.old`)
  return openSync(file, 'a')
}

function readState(file: string): ServerProcess | undefined {
  try {
    const { pid, port, uiPort } = JSON.parse(readFileSync(file, 'utf8'))
    return Number.isInteger(pid) && Number.isInteger(port) ? { pid, port, uiPort: uiPort ?? null } : undefined
  } catch {
    return undefined
  }
}

/** In one step, and without letting anything else happen since the spawn. */
function writeState(file: string, server: ServerProcess): void {
  writeFileSync(`${file}.new`, JSON.stringify(server))
  renameSync(`${file}.new`, file)
}
