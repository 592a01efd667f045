/** What a server and a worker both are made of. */
import { rm } from 'node:fs/promises'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import type { Media } from '../media/index.ts'
import { startMediaProcess } from '../media/process/start.ts'
import { type Changes, watchChanges } from '../prisma/changes.ts'
import { type Database, openDatabase } from '../prisma/client.ts'
import { purchaseSecret } from '../prisma/queries/purchase-token.ts'
import { resolveVideoModel } from '../providers/models.ts'
import { musicModel } from '../providers/music-models.ts'
import type { PredictionProvider } from '../providers/ports.ts'
import { createReplicate } from '../providers/replicate.ts'
import { voiceModel } from '../providers/voice-models.ts'
import type { BlobStore } from '../storage/blob-store.ts'
import { openStore } from '../storage/open-store.ts'
import { openTempDir } from '../storage/temp-dir.ts'
import { createFigures, type Figures } from '../telemetry/figures.ts'
import { watchMedia } from '../telemetry/watch-media.ts'
import { watchProvider } from '../telemetry/watch-provider.ts'
import { findTool } from '../toolchain/index.ts'

export interface Parts {
  config: Config
  log: Logger
  db: Database
  changes: Changes
  blobs: BlobStore
  media: Media
  provider: PredictionProvider
  /** What is counted of it all, in this process. */
  figures: Figures
  tempDir: string
  close(): Promise<void>
}

/** @throws Error with one sentence when the data folder, the blob store, the database or ffmpeg can't be had */
export async function openParts(config: Config, log: Logger): Promise<Parts> {
  assertKnownModels(config)
  if (!config.replicate.apiKey) log.warn('REPLICATE_API_KEY is not set: jobs can be made, but not rendered.')
  const [ffmpeg, ffprobe] = await Promise.all([findTool('ffmpeg'), findTool('ffprobe')])
  if (ffmpeg.note) log.warn(ffmpeg.note)
  const tempDir = await openTempDir(config.dataDir)
  const blobs = await openStore(config, log)
  const db = await openDatabase(config.database)
  await purchaseSecret(db)
  const changes = watchChanges(db)
  const figures = createFigures()
  const tools = { ffmpegPath: ffmpeg.path, ffprobePath: ffprobe.path, tempDir }
  const { media, close: closeMedia } = startMediaProcess(tools, watchMedia(figures))
  return {
    config,
    log,
    db,
    changes,
    blobs,
    media,
    provider: watchProvider(createReplicate(config.replicate), figures),
    figures,
    tempDir,
    async close() {
      closeMedia()
      changes.close()
      blobs.close()
      await db.$disconnect()
      await rm(tempDir, { recursive: true, force: true })
    },
  }
}

/** A wrong name is noticed now, not when the first job has been approved. @throws Error that lists the known ones */
function assertKnownModels(config: Config): void {
  try {
    resolveVideoModel(config.videoModel)
  } catch (error) {
    throw new Error(`VIDEO_GENERATION_MODEL can't be used. ${(error as Error).message}`)
  }
  musicModel(config.musicModel)
  voiceModel(config.voiceModel)
}
