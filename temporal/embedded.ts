/** The Temporal server that comes with Greenlight: one process beside ours, its state in one file of the data folder. */
import { findTool } from '../toolchain/index.ts'
import { namespaceIsReady } from './namespace.ts'
import { freePort } from './ports.ts'
import type { ServerFiles, ServerProcess } from './server-process.ts'
import { bytesOf, endServer, isServing, logSince, serverFiles, spawnServer, survivor } from './server-process.ts'

export const EMBEDDED_NAMESPACE = 'greenlight'

const READY_WITHIN_MS = 30_000
const LOOK_EVERY_MS = 1_000
/** Of a start on ports that were free a moment before. */
const TRIES = 5

export interface EmbeddedTemporalOptions {
  /** Holds temporal.db, temporal.log and temporal.json; made when missing. Lock it first (lockDataDir). */
  dataDir: string
  /** Where the server should listen; 7233 unless given. One that is taken is replaced by a free one. */
  port?: number
  /** The same for its UI; 8233 unless given, null for no UI. */
  uiPort?: number | null
  log: (line: string) => void
}

export interface EmbeddedTemporal {
  /** host:port of its gRPC API. */
  address: string
  namespace: string
  uiUrl: string | null
  /** True when this server was left running by a process that died, and was found again. */
  attached: boolean
  /** Ends the server, whoever started it. */
  stop(): Promise<void>
}

/**
 * Starts the embedded Temporal server, or attaches to the one that survived the last process on this data folder. Should it
 * die while we run, it is started again on the same ports.
 * @throws when no Temporal CLI can be had, or the server does not get ready within 30 seconds, with the end of its log
 */
export async function startEmbeddedTemporal(options: EmbeddedTemporalOptions): Promise<EmbeddedTemporal> {
  const { log } = options
  const files = serverFiles(options.dataDir)
  const survived = await attach(files, log)
  let server = survived ?? (await startOnFreePorts(options, files))
  const stopWatching = watch(async () => {
    if (await isServing(server.pid, files.database)) return
    log(`The Temporal server (process ${server.pid}) ended by itself; starting it again.`)
    server = await start(server, files)
    log(`The Temporal server runs again (process ${server.pid}).`)
  }, log)
  return {
    address: addressOf(server.port),
    namespace: EMBEDDED_NAMESPACE,
    uiUrl: server.uiPort === null ? null : `http://${addressOf(server.uiPort)}`,
    attached: survived !== undefined,
    async stop() {
      await stopWatching()
      await endServer(server.pid, files)
    },
  }
}

/** A survivor that does not get ready is ended: two servers on one database would ruin it. */
async function attach(files: ServerFiles, log: (line: string) => void): Promise<ServerProcess | undefined> {
  const server = await survivor(files)
  if (!server) return undefined
  if (await isReady(server, files)) {
    log(`Attached to the Temporal server that was left running (process ${server.pid}, ${addressOf(server.port)}).`)
    return server
  }
  log(`The Temporal server that was left running (process ${server.pid}) does not answer; replacing it.`)
  await endServer(server.pid, files)
  return undefined
}

async function startOnFreePorts(
  options: EmbeddedTemporalOptions,
  files: ServerFiles,
  tries = TRIES,
): Promise<ServerProcess> {
  const { port: wanted = 7233, uiPort: wantedUi = 8233, log } = options
  const port = await freePort(wanted)
  const uiPort = wantedUi === null ? null : await freePort(wantedUi)
  try {
    const server = await start({ port, uiPort }, files)
    if (wanted && port !== wanted) log(`Port ${wanted} is taken; Temporal listens on ${port} instead.`)
    if (wantedUi && uiPort !== wantedUi) log(`Port ${wantedUi} is taken; Temporal's UI listens on ${uiPort} instead.`)
    return server
  } catch (error) {
    // Somebody else was quicker to take a port that was free a moment ago, perhaps for a connection, which answers nobody.
    if (!(error instanceof PortTaken) || tries === 1) throw error
    return startOnFreePorts(options, files, tries - 1)
  }
}

class PortTaken extends Error {}

async function start(ports: Omit<ServerProcess, 'pid'>, files: ServerFiles): Promise<ServerProcess> {
  const { path } = await findTool('temporal')
  const written = bytesOf(files.log)
  const server = spawnServer(path, EMBEDDED_NAMESPACE, ports, files)
  if (await isReady(server, files)) return server
  await endServer(server.pid, files)
  const said = logSince(files.log, written)
  const Problem = said.includes('address already in use') ? PortTaken : Error
  throw new Problem(
    `The embedded Temporal server did not get ready. Its log (${files.log}) ends:\n${said.trim().split('\n').slice(-5).join('\n')}`,
  )
}

function isReady({ pid, port }: ServerProcess, { database }: ServerFiles): Promise<boolean> {
  const stillRuns = () => isServing(pid, database)
  return namespaceIsReady(port, EMBEDDED_NAMESPACE, READY_WITHIN_MS, stillRuns)
}

/** Calls `look` every second, one call at a time; the returned function stops that and waits for the one under way. */
function watch(look: () => Promise<void>, log: (line: string) => void): () => Promise<void> {
  let under: Promise<void> | undefined
  const timer = setInterval(() => {
    under ??= look()
      .catch((error: Error) => log(error.message))
      .finally(() => {
        under = undefined
      })
  }, LOOK_EVERY_MS)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await under
  }
}

function addressOf(port: number): string {
  return `127.0.0.1:${port}`
}
