/** What servers and workers stand on, from local programs: Temporal, and where asked for PostgreSQL, S3 and the simulator. */
import { type EmbeddedTemporal, startEmbeddedTemporal } from '../../temporal/embedded.ts'
import { startS3Server } from '../../test/support/s3-server.ts'
import { startPostgres } from '../postgres/server.ts'
import { type SimulatorProcess, startSimulatorProcess } from './simulator-process.ts'

export interface FoundationOptions {
  /** Holds Temporal's file and the simulator's; made when missing. */
  dataDir: string
  /** As in startEmbeddedTemporal: 0 takes free ones. */
  temporalPort?: number
  uiPort?: number | null
  /** The simulator's environment; null: no simulator. */
  simulator: Record<string, string> | null
  /** `postgres` starts a server of it, whose rows go with it; else they are in the data folder. */
  rows: 'sqlite' | 'postgres'
  /** The same of `s3`. */
  bytes: 'files' | 's3'
}

export interface Foundations {
  temporal: EmbeddedTemporal
  simulator: SimulatorProcess | null
  /** What servers and workers have to be told of all this. */
  env: Record<string, string>
  /** For people: what runs where. */
  places: [name: string, place: string][]
  stop(): Promise<void>
}

/** @throws when one of them can't be had; those that were started are then stopped */
export async function startFoundations(options: FoundationOptions): Promise<Foundations> {
  await using started = new AsyncDisposableStack()
  const { dataDir, temporalPort: port = 0, uiPort = null } = options
  const simulator = options.simulator ? await startSimulatorProcess(dataDir, options.simulator) : null
  if (simulator) started.defer(() => simulator.process.kill())
  const postgres = options.rows === 'postgres' ? await startPostgres() : null
  if (postgres) started.defer(() => postgres.stop())
  const s3 = options.bytes === 's3' ? await startS3Server() : null
  if (s3) started.defer(() => s3.stop())
  const temporal = await startEmbeddedTemporal({ dataDir, port, uiPort, log: () => {} })
  started.defer(() => temporal.stop())
  const all = started.move()
  return {
    temporal,
    simulator,
    env: {
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
      ...(temporal.uiUrl && { TEMPORAL_UI_URL: temporal.uiUrl }),
      ...(postgres && { DATABASE_URL: postgres.url('postgres') }),
      ...(s3 && { BLOB_STORE_URL: s3.url, ...s3.env }),
      ...simulator?.env,
    },
    places: [
      ['Temporal', temporal.uiUrl ? `${temporal.address}, its UI at ${temporal.uiUrl}` : temporal.address],
      ['rows', postgres?.url('postgres') ?? 'SQLite in the data folder'],
      ['bytes', s3?.url ?? 'files in the data folder'],
      [
        'simulator',
        simulator?.url ?? 'none: films are bought where REPLICATE_BASE_URL says, by default from Replicate',
      ],
    ],
    stop: () => all.disposeAsync(),
  }
}
