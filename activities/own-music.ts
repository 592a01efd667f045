/** The user's own music: as long as the film at least, so that it can be fitted like music that was made for it. */
import path from 'node:path'
import { ApplicationFailure } from '@temporalio/common'
import type { MusicSettings } from '../domain/settings.ts'
import { findAsset } from '../prisma/queries/assets.ts'
import { FAILURES } from '../workflows/contract.ts'
import type { ActivityDeps } from './deps.ts'

/**
 * Repeats music that is shorter than the film, with a fade at each seam; not where it is stretched to the film's length.
 * @param videoSeconds how long the film lasts
 * @returns a file of any kind that media/ reads
 * @throws ApplicationFailure when the asset is gone
 */
export async function ownMusic(
  { db, blobs, media }: ActivityDeps,
  assetId: string,
  { syncMode, fadeSeconds }: MusicSettings,
  { videoSeconds, folder, signal }: { videoSeconds: number; folder: string; signal: AbortSignal },
): Promise<{ path: string; repeated: boolean }> {
  const asset = await findAsset(db, assetId)
  if (!asset?.blobHash) {
    throw ApplicationFailure.nonRetryable(
      `The music ${assetId} is not in the store any more. Upload it again and make a new job with it.`,
      FAILURES.mediaUnreadable,
    )
  }
  const input = await blobs.localFile(asset.blobHash)
  const { audio } = await media.probe(input, { signal })
  const seconds = audio?.durationSeconds ?? 0
  if (seconds === 0 || seconds >= videoSeconds || syncMode === 'stretch') return { path: input, repeated: false }
  const once = path.join(folder, 'once.wav')
  const output = path.join(folder, 'repeated.wav')
  await media.cutSegment({ input, output: once, skipSeconds: 0, durationSeconds: seconds, signal })
  const times = Math.ceil(videoSeconds / seconds)
  const segments = Array.from({ length: times }, () => ({ path: once, durationSeconds: seconds, overlapSeconds: 0 }))
  await media.joinSegments({ segments, fadeSeconds, output })
  return { path: output, repeated: true }
}
