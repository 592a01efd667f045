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

    const signal = canceled()

    await inTempFolder(tempDir, async (folder) => {
      const film = path.join(folder, 'film.mp4')
      const still = path.join(folder, 'still.jpg')
      const { durationSeconds } = await media.stitch({
        clips: await Promise.all((await scenesToShow(db, job, revision)).map((scene) => storedClip(scene, blobs))),
        profile: filmProfile(JobSettings.parse(job.settings)),
        output: film,
        signal,
      })
      await media.thumbnail({ input: film, output: still, signal })
      const thumbnail = await blobs.putFile(still)
      const stitched = await blobs.putFile(film)
      await saveFilm(db, jobId, revision, {
        stitchedHash: stitched.hash,
        videoSize: stitched.size,
        videoDuration: durationSeconds,
        thumbnailHash: thumbnail.hash,
      })
    })
  }

async function storedClip(scene: Scene, blobs: BlobStore): Promise<{ path: string; frames: number }> {
  if (!scene.clipHash || scene.clipFrames === null) {
    throw ApplicationFailure.nonRetryable(`Scene ${scene.position + 1} has no clip to stitch.`, FAILURES.jobFailed)
  }
  return { path: await blobs.localFile(scene.clipHash), frames: scene.clipFrames }
}
