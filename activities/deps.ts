/** What activities are made of; built once in worker.ts. */
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import type { Media } from '../media/index.ts'
import type { Database } from '../prisma/client.ts'
import type { PredictionProvider, StoryboardWriter } from '../providers/ports.ts'
import type { BlobStore } from '../storage/blob-store.ts'
import type { Figures } from '../telemetry/figures.ts'
import type { JobWorkflows } from '../temporal/job-workflows.ts'

export interface ActivityDeps {
  config: Config
  db: Database
  blobs: BlobStore
  media: Media
  provider: PredictionProvider
  storyboardWriter: StoryboardWriter
  workflows: JobWorkflows
  /** What this process counts of its work. */
  figures: Figures
  /** A folder of this process for files that live as long as one activity. */
  tempDir: string
  log: Logger
}
