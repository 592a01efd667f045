/** The user's own music: as long as the film at least, so that it can be fitted like music that was made for it. */
import path from 'node:path'
import { ApplicationFailure } from '@temporalio/common'
import type { MusicSettings } from '../domain/settings.ts'
import { findAsset } from '../prisma/queries/assets.ts'
import { FAILURES } from '../workflows/contract.ts'
import type { ActivityDeps } from './deps.ts'

export interface FittableMusic {
  /** A file of any kind that media/ reads. */
  input: string
  /** How it is fitted to the film. */
  mode: MusicSettings['syncMode']
  /** Where it is to fade out (seconds); null for the end of the film. */
  fadeAtSeconds: number | null
}

/**
 * Repeats music that is shorter than the film, and lets longer music end on a bar; not where it is played slower or faster
 * until it lasts as long.
 * @param videoSeconds how long the film lasts
 * @throws ApplicationFailure when the asset is gone
 */
export async function ownMusic(
  { db, blobs, media }: ActivityDeps,
  assetId: string,
  { syncMode, fadeSeconds }: MusicSettings,
  { videoSeconds, folder, signal }: { videoSeconds: number; folder: string; signal: AbortSignal },
): Promise<FittableMusic> {
  const asset = await findAsset(db, assetId)
  if (!asset?.blobHash) {
    throw ApplicationFailure.nonRetryable(
      `The music ${assetId} is not in the store any more. Upload it again and make a new job with it.`,
      FAILURES.mediaUnreadable,
    )
  }
  const input = await blobs.localFile(asset.blobHash, folder)
  const { audio } = await media.probe(input, { signal })
  const seconds = audio?.durationSeconds ?? 0
  const isFitted = seconds >= videoSeconds ? syncMode === 'compress' : syncMode === 'stretch'
  if (seconds === 0 || isFitted) return { input, mode: syncMode, fadeAtSeconds: null }
  const output = path.join(folder, 'arranged.wav')
  const { fadeAtSeconds } = await media.arrangeMusic({ input, videoSeconds, fadeSeconds, output, signal })
  // Repeated it is too long by chance: it is cut then, not played faster.
  return { input: output, mode: 'trim', fadeAtSeconds }
}
