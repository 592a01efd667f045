/** What the API is made of; built once in server.ts, never reached for from elsewhere. */
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import type { Media } from '../media/index.ts'
import type { Changes } from '../prisma/changes.ts'
import type { Database } from '../prisma/client.ts'
import type { PredictionProvider } from '../providers/ports.ts'
import type { BlobStore } from '../storage/blob-store.ts'
import type { Figures } from '../telemetry/figures.ts'
import type { JobWorkflows } from '../temporal/job-workflows.ts'

export interface ApiDeps {
  config: Config
  db: Database
  /** Of the same database. */
  changes: Changes
  blobs: BlobStore
  media: Media
  /** Starts, signals and cancels the workflows of jobs. */
  workflows: JobWorkflows
  /** Only for the webhook secret; predictions are bought by activities alone. */
  provider: PredictionProvider
  /** What this process counts of its work. */
  figures: Figures
  log: Logger
}
