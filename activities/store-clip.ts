/** Downloads a scene's clip, brings it to the job's profile while its siblings still render, and stores it. */
import path from 'node:path'
import { Context } from '@temporalio/activity'
import { JobSettings } from '../domain/settings.ts'
import { MediaError } from '../media/index.ts'
import { getJob } from '../prisma/queries/jobs.ts'
import { changeScene } from '../prisma/queries/progress.ts'
import { outputProfile, resolveVideoModel } from '../providers/models.ts'
import { FAILURES, type PredictionRef } from '../workflows/contract.ts'
import type { ActivityDeps } from './deps.ts'
import { downloadOutput } from './download-output.ts'
import { tryAgainIn } from './failures.ts'
import { canceled } from './heartbeat.ts'
import { outputOf } from './prediction-output.ts'
import { inTempFolder } from './temp-folder.ts'

export const storeClip =
  (deps: ActivityDeps) =>
  async ({ jobId, predictionId, sceneId }: PredictionRef & { sceneId: string }): Promise<void> => {
    const { db, blobs, media, provider, tempDir } = deps
    const job = await getJob(db, jobId)
    const scene = await db.scene.findUniqueOrThrow({ where: { id: sceneId } })
    if (scene.clipPredictionId === predictionId && scene.clipHash) return
    const { videoModel, aspectRatio } = JobSettings.parse(job.settings)
    const profile = outputProfile(resolveVideoModel(videoModel), aspectRatio)
    const url = await outputOf(db, predictionId)

    const signal = canceled()

    await inTempFolder(tempDir, async (folder) => {
      const raw = path.join(folder, 'raw.mp4')
      const conformed = path.join(folder, 'clip.mp4')
      const still = path.join(folder, 'still.jpg')
      await downloadOutput(provider, url, raw, signal)
      const { frames, durationSeconds, changed } = await media
        .conformClip({ input: raw, output: conformed, profile, durationSeconds: scene.duration, signal })
        .catch(fetchAgain)
      // A clip that has the profile already is kept as it came.
      const file = changed ? conformed : raw
      await media.thumbnail({ input: file, output: still, signal })
      const thumbnail = await blobs.putFile(still)
      const clip = await blobs.putFile(file)
      await changeScene(db, sceneId, 'completed', {
        clipHash: clip.hash,
        clipSize: clip.size,
        clipFrames: frames,
        clipDuration: durationSeconds,
        clipThumbnailHash: thumbnail.hash,
        clipPredictionId: predictionId,
        error: null,
      })
    })
  }

/** How often an output that can't be read is fetched: a truncated download looks like a broken clip. */
const FETCHES = 3

/** @throws MediaError when it can't be read however often it is fetched, else a failure to be tried again */
function fetchAgain(error: unknown): never {
  if (!(error instanceof MediaError) || error.kind !== 'unreadable') throw error
  if (Context.current().info.attempt >= FETCHES) throw error
  throw tryAgainIn(2, FAILURES.mediaUnreadable, error.message)
}
