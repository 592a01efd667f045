/** Joins the scenes' clips into the film: the job's, or that of a revision, with its new takes. */
import path from 'node:path'
import { ApplicationFailure } from '@temporalio/common'
import { JobSettings } from '../domain/settings.ts'
import { filmInTheMaking, saveFilm, scenesToShow } from '../prisma/queries/films.ts'
import { getJob, type Scene } from '../prisma/queries/jobs.ts'
import { advanceJob, reopenJob } from '../prisma/queries/progress.ts'
import { filmProfile } from '../providers/film-profile.ts'
import type { BlobStore } from '../storage/blob-store.ts'
import { FAILURES } from '../workflows/contract.ts'
import type { ActivityDeps } from './deps.ts'
import { canceled } from './heartbeat.ts'
import { inTempFolder } from './temp-folder.ts'

export const stitchFilm =
  ({ db, blobs, media, tempDir }: ActivityDeps) =>
  async ({ jobId, revision }: { jobId: number; revision?: number }): Promise<void> => {
    const job = await getJob(db, jobId)
    if ((await filmInTheMaking(db, job, revision)).stitchedHash) return
    await db.$transaction(async (tx) => {
      await reopenJob(tx, job, [])
      await advanceJob(tx, jobId, 'stitching')
    })

    const settings = JobSettings.parse(job.settings)
    const signal = canceled()

    await inTempFolder(tempDir, async (folder) => {
      const film = path.join(folder, 'film.mp4')
      const still = path.join(folder, 'still.jpg')
      const lossless = path.join(folder, 'sound.flac')
      const { durationSeconds, isAudible } = await media.stitch({
        clips: await Promise.all(
          (await scenesToShow(db, job, revision)).map((scene) => storedClip(scene, blobs, settings)),
        ),
        profile: filmProfile(settings),
        output: film,
        lossless,
        signal,
      })
      await media.thumbnail({ input: film, output: still, signal })
      const thumbnail = await blobs.putFile(still)
      const sound = isAudible ? await blobs.putFile(lossless) : null
      const stitched = await blobs.putFile(film)
      await saveFilm(db, jobId, revision, {
        stitchedHash: stitched.hash,
        stitchedSoundHash: sound?.hash ?? null,
        videoSize: stitched.size,
        videoDuration: durationSeconds,
        thumbnailHash: thumbnail.hash,
      })
    })
  }

async function storedClip(scene: Scene, blobs: BlobStore, { keepClipAudio }: JobSettings) {
  if (!scene.clipHash || scene.clipFrames === null) {
    throw ApplicationFailure.nonRetryable(`Scene ${scene.position + 1} has no clip to stitch.`, FAILURES.jobFailed)
  }
  return {
    path: await blobs.localFile(scene.clipHash),
    frames: scene.clipFrames,
    keepSound: scene.keepClipAudio ?? keepClipAudio,
  }
}
