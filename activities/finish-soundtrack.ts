/** Joins the segments, or takes the user's own music, fits it to the film, and lays it under it. */
import path from 'node:path'
import { ApplicationFailure } from '@temporalio/common'
import { JobSettings, type MusicSettings } from '../domain/settings.ts'
import { sideBySide } from '../media/index.ts'
import { audioCompleted, type Film, filmInTheMaking, saveFilm } from '../prisma/queries/films.ts'
import { getJob, type JobWithScenes } from '../prisma/queries/jobs.ts'
import { recordEvent } from '../prisma/queries/progress.ts'
import { isScored, musicSettingsOf } from '../prisma/queries/soundtracks.ts'
import { FAILURES } from '../workflows/contract.ts'
import type { ActivityDeps } from './deps.ts'
import { canceled } from './heartbeat.ts'
import { type FittableMusic, ownMusic } from './own-music.ts'
import { showProgress } from './show-progress.ts'
import { inTempFolder } from './temp-folder.ts'

/** Percent of the job: once all the music is there, until the film has it. */
const MERGING_PERCENTAGES = [95, 99.5] as const

interface Finished {
  jobId: number
  /** Which of the job's soundtracks; absent for the one that the film has. */
  soundtrack?: number
  /** Whose film it is laid under; absent for the job's own. */
  revision?: number
}

export const finishSoundtrack =
  (deps: ActivityDeps) =>
  async ({ jobId, soundtrack, revision }: Finished): Promise<void> => {
    const job = await getJob(deps.db, jobId)
    const film = await filmInTheMaking(deps.db, job, revision)
    if (revision === undefined ? isScored(job, soundtrack) : film.videoHash) return
    // A new film of a job without music in it, and none asked for.
    const merged = revision === undefined || soundtrack !== undefined || job.audioMerged
    if (!merged) return saveFilm(deps.db, jobId, revision, { videoHash: film.stitchedHash })
    const wanted = soundtrack ?? job.soundtrack
    await inTempFolder(deps.tempDir, (folder) =>
      finish(deps, job, film, { soundtrack: wanted, revision, folder, signal: canceled() }),
    )
  }

async function finish(
  deps: ActivityDeps,
  job: JobWithScenes,
  { stitchedHash, stitchedSoundHash, videoDuration, videoSize }: Film,
  {
    soundtrack,
    revision,
    folder,
    signal,
  }: { soundtrack: number; revision?: number; folder: string; signal: AbortSignal },
): Promise<void> {
  const { db, blobs, media, log } = deps
  const settings = JobSettings.parse(job.settings)
  const music = await musicSettingsOf(db, job, soundtrack)
  if (!stitchedHash || videoDuration === null) {
    throw ApplicationFailure.nonRetryable(`Job ${job.id} has no film to score.`, FAILURES.jobFailed)
  }
  const fitted = path.join(folder, 'fitted.wav')
  const mp3 = path.join(folder, 'soundtrack.mp3')
  const film = path.join(folder, 'film.mp4')
  const { fadeSeconds, merge } = music
  const videoSeconds = videoDuration
  const { input, mode, fadeAtSeconds } = await soundtrackOf(deps, job.id, soundtrack, music, {
    videoSeconds,
    folder,
    signal,
  })
  const loudness = await media.fitSoundtrack({
    input,
    videoSeconds,
    mode,
    fadeSeconds,
    fadeAtSeconds,
    output: fitted,
    signal,
  })
  const [{ loudnessProblem: musicProblem }, merged] = await sideBySide(
    signal,
    (signal) => media.encodeMp3({ input: fitted, loudness, output: mp3, signal }),
    async (signal) => {
      if (!merge) return null
      const video = await blobs.localFile(stitchedHash, folder)
      const sound = stitchedSoundHash ? await blobs.localFile(stitchedSoundHash, folder) : null
      const onProgress = showProgress(deps, job.id, 'audio_generation', MERGING_PERCENTAGES)
      const laid = { soundtrack: fitted, loudness, fadeSeconds }
      return media.mergeSoundtrack({ video, sound, ...laid, output: film, signal, onProgress })
    },
  )
  const reason = merged?.loudnessProblem ?? musicProblem
  if (reason) log.warn({ jobId: job.id, soundtrack, reason }, 'a film or its music is not as loud as it should be')
  const audio = await blobs.putFile(mp3)
  // Without merging the film is the stitched one, also where an earlier soundtrack was merged.
  const shown = merge
    ? await blobs.putFile(film)
    : { hash: stitchedHash, size: (await blobs.stat(stitchedHash))?.size ?? videoSize }
  const scored = { audioHash: audio.hash, audioSize: audio.size, videoHash: shown.hash, videoSize: shown.size }
  if (revision !== undefined) return saveFilm(db, job.id, revision, { ...scored, soundtrack })
  await db.$transaction(async (tx) => {
    await tx.job.update({
      where: { id: job.id },
      // What was wanted of this music holds from here on, whenever the film is scored again.
      data: { ...scored, ...audioCompleted(soundtrack, merge), settings: { ...settings, music } },
    })
    await recordEvent(tx, job.id, 'music', { merged: merge })
  })
}

/** The user's own music, or the segments that were made; and how it is fitted to the film. */
async function soundtrackOf(
  deps: ActivityDeps,
  jobId: number,
  soundtrack: number,
  music: MusicSettings,
  film: { videoSeconds: number; folder: string; signal: AbortSignal },
): Promise<FittableMusic> {
  if (music.assetId) return ownMusic(deps, music.assetId, music, film)
  const input = path.join(film.folder, 'joined.wav')
  const segments = await segmentsOf(deps, jobId, soundtrack, film.folder)
  await deps.media.joinSegments({ segments, fadeSeconds: music.fadeSeconds, output: input })
  return { input, mode: music.syncMode, fadeAtSeconds: null }
}

async function segmentsOf({ db, blobs }: ActivityDeps, jobId: number, soundtrack: number, folder: string) {
  const segments = await db.audioSegment.findMany({ where: { jobId, soundtrack }, orderBy: { position: 'asc' } })
  if (segments.every((segment) => segment.blobHash === null)) {
    throw ApplicationFailure.nonRetryable(
      `No piece of the music could be made: ${segments[0]?.error ?? 'there are no scenes.'}`,
      FAILURES.predictionFailed,
    )
  }
  return Promise.all(
    segments.map(async ({ blobHash, duration, overlap }) => ({
      path: blobHash ? await blobs.localFile(blobHash, folder) : null,
      durationSeconds: duration,
      overlapSeconds: overlap,
    })),
  )
}
