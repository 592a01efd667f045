/** Joins the segments, fits them to the film, and lays them under it. */
import path from 'node:path'
import { ApplicationFailure } from '@temporalio/common'
import { JobSettings } from '../domain/settings.ts'
import { getJob, type JobWithScenes } from '../prisma/queries/jobs.ts'
import { recordEvent } from '../prisma/queries/progress.ts'
import { resolveVideoModel } from '../providers/models.ts'
import { FAILURES } from '../workflows/contract.ts'
import type { ActivityDeps } from './deps.ts'
import { canceled } from './heartbeat.ts'
import { inTempFolder } from './temp-folder.ts'

export const finishSoundtrack =
  (deps: ActivityDeps) =>
  async ({ jobId }: { jobId: number }): Promise<void> => {
    const job = await getJob(deps.db, jobId)
    if (job.audioStatus === 'completed') return
    await inTempFolder(deps.tempDir, (folder) => finish(deps, job, folder, canceled()))
  }

async function finish(deps: ActivityDeps, job: JobWithScenes, folder: string, signal: AbortSignal): Promise<void> {
  const { db, blobs, media } = deps
  const { music, videoModel } = JobSettings.parse(job.settings)
  if (!job.stitchedHash || job.videoDuration === null) {
    throw ApplicationFailure.nonRetryable(`Job ${job.id} has no film to score.`, FAILURES.jobFailed)
  }
  const joined = path.join(folder, 'joined.wav')
  const fitted = path.join(folder, 'fitted.wav')
  const mp3 = path.join(folder, 'soundtrack.mp3')
  const film = path.join(folder, 'film.mp4')
  const { fadeSeconds, syncMode: mode, merge } = music

  await media.joinSegments({ segments: await segmentsOf(deps, job.id), fadeSeconds, output: joined })
  await media.fitSoundtrack({
    input: joined,
    videoSeconds: job.videoDuration,
    mode,
    fadeSeconds,
    output: fitted,
    signal,
  })
  await media.encodeMp3({ input: fitted, output: mp3, signal })
  if (merge) {
    const video = await blobs.localFile(job.stitchedHash)
    // Under clips with sound of their own the music steps back.
    const musicGain = resolveVideoModel(videoModel).output.sound ? 0.5 : 1
    await media.mergeSoundtrack({ video, soundtrack: fitted, output: film, musicGain, signal })
  }
  const audio = await blobs.putFile(mp3)
  const merged = merge ? await blobs.putFile(film) : null
  await db.$transaction(async (tx) => {
    await tx.job.update({
      where: { id: job.id },
      data: {
        audioHash: audio.hash,
        audioSize: audio.size,
        audioStatus: 'completed',
        audioMerged: merge,
        audioGeneratedAt: new Date(),
        ...(merged && { videoHash: merged.hash, videoSize: merged.size }),
      },
    })
    await recordEvent(tx, job.id, 'music', { merged: merge })
  })
}

async function segmentsOf({ db, blobs }: ActivityDeps, jobId: number) {
  const segments = await db.audioSegment.findMany({ where: { jobId }, orderBy: { position: 'asc' } })
  if (segments.every((segment) => segment.blobHash === null)) {
    throw ApplicationFailure.nonRetryable(
      `No piece of the music could be made: ${segments[0]?.error ?? 'there are no scenes.'}`,
      FAILURES.predictionFailed,
    )
  }
  return Promise.all(
    segments.map(async ({ blobHash, duration, overlap }) => ({
      path: blobHash ? await blobs.localFile(blobHash) : null,
      durationSeconds: duration,
      overlapSeconds: overlap,
    })),
  )
}
