/** Joins the scenes' clips into the film: the job's, or that of a revision, with its new takes. */
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { ApplicationFailure } from '@temporalio/common'
import { captionCues, trackVtt } from '../domain/captions.ts'
import { STAGE_PERCENTAGE } from '../domain/job.ts'
import { type JobSettings, settingsOf } from '../domain/settings.ts'
import type { OutputProfile, StitchedClip } from '../media/index.ts'
import { filmInTheMaking, kindOfFilm, saveFilm, scenesToShow } from '../prisma/queries/films.ts'
import { readJob, type Scene } from '../prisma/queries/jobs.ts'
import { advanceUnended, reopenFailed } from '../prisma/queries/progress.ts'
import { inTransaction } from '../prisma/statements.ts'
import { filmProfile } from '../providers/film-profile.ts'
import { FAILURES } from '../workflows/contract.ts'
import { type Completed, completeJob } from './complete-job.ts'
import type { ActivityDeps } from './deps.ts'
import { isShown, transitionFile, transitionsOf } from './film-transitions.ts'
import { filmVoices } from './film-voices.ts'
import { canceled } from './heartbeat.ts'
import { showProgress } from './show-progress.ts'
import { inTempFolder } from './temp-folder.ts'

/** Percent, just before the music begins, or the end. */
const STITCHED_PERCENTAGE = 85.5

interface Film {
  jobId: number
  /** Whose film it is; the job's unless given. */
  revision?: number
  /** Nothing comes after it: with its film the job is complete. */
  isLast?: boolean
}

/** @returns where the job has come to, where this has completed it: else `completeJob` is still to be done */
export const stitchFilm =
  (deps: ActivityDeps) =>
  async ({ isLast, ...film }: Film): Promise<Completed | undefined> => {
    await stitch(deps, film)
    if (!isLast) return undefined
    const { jobId } = film
    // In the same step, because somebody waits for the film. Where that fails it is tried for longer than this step may be.
    return completeJob(deps)({ jobId }).catch((error: unknown) => {
      deps.log.warn({ err: error, jobId }, 'a job could not be completed together with its film; it is tried again')
      return undefined
    })
  }

async function stitch(deps: ActivityDeps, { jobId, revision }: Film): Promise<void> {
  const { db, blobs, media, tempDir, log } = deps
  const job = await readJob(db, jobId)
  if ((await filmInTheMaking(db, job, revision)).stitchedHash) return
  await inTransaction(db, jobId, async (tx) => {
    await reopenFailed(tx, job)
    await advanceUnended(tx, jobId, 'stitching')
  })

  const settings = settingsOf(job, await kindOfFilm(db, jobId, revision))
  const profile = filmProfile(settings)
  const scenes = await scenesToShow(db, job, revision)
  const signal = canceled()

  await inTempFolder(tempDir, async (folder) => {
    const film = path.join(folder, 'film.mp4')
    const lossless = path.join(folder, 'sound.flac')
    // Beside the stitching, which leaves a core half idle. Its failure is told below.
    const still = bestStill(scenes, deps, folder)
    still.catch(() => {})
    const { durationSeconds, isAudible, loudnessProblem } = await media.stitch({
      clips: await clipsOf(deps, scenes, { settings, profile, folder, signal }),
      captions: settings.captions === 'soft' ? await captionsFile(scenes, profile, folder) : undefined,
      voices: await filmVoices(deps, scenes, { profile, folder }),
      profile,
      output: film,
      lossless,
      signal,
      onProgress: showProgress(deps, jobId, 'stitching', [STAGE_PERCENTAGE.stitching, STITCHED_PERCENTAGE]),
    })
    if (loudnessProblem) log.warn({ jobId, reason: loudnessProblem }, 'a film is not as loud as it should be')
    const [sound, stitched] = await Promise.all([isAudible ? blobs.putFile(lossless) : null, blobs.putFile(film)])
    await saveFilm(db, jobId, revision, {
      stitchedHash: stitched.hash,
      stitchedSoundHash: sound?.hash ?? null,
      videoSize: stitched.size,
      videoDuration: durationSeconds,
      thumbnailHash: await still,
    })
  })
}

/** None when no scene has a caption. */
async function captionsFile(scenes: Scene[], { fps }: OutputProfile, folder: string): Promise<string | undefined> {
  const cues = captionCues(scenes, fps)
  if (cues.length === 0) return undefined
  const file = path.join(folder, 'captions.vtt')
  await writeFile(file, trackVtt(cues))
  return file
}

/** Of the clips' stills, which were chosen with care, so that the film need not be looked at again. */
async function bestStill(scenes: Scene[], { blobs, media }: ActivityDeps, folder: string): Promise<string | null> {
  const hashes = scenes.flatMap(({ clipThumbnailHash }) => clipThumbnailHash ?? [])
  if (hashes.length === 0) return null
  const stills = await Promise.all(hashes.map((hash) => blobs.localFile(hash, folder)))
  return hashes[await media.bestStill({ stills })] ?? null
}

/** The clips, each with the transition into the next one: mostly rendered by now, while the others still were. */
async function clipsOf(
  deps: ActivityDeps,
  scenes: Scene[],
  { settings, ...form }: { settings: JobSettings; profile: OutputProfile; folder: string; signal: AbortSignal },
): Promise<StitchedClip[]> {
  const ways = transitionsOf(scenes, form.profile)
  const clips: StitchedClip[] = []
  for (const [index, scene] of scenes.entries()) {
    if (!isShown(scene)) {
      throw ApplicationFailure.nonRetryable(`Scene ${scene.position + 1} has no clip to stitch.`, FAILURES.jobFailed)
    }
    const [way, next] = [ways[index], scenes[index + 1]]
    clips.push({
      path: await deps.blobs.localFile(scene.clipHash, form.folder),
      frames: scene.clipFrames,
      keepSound: scene.keepClipAudio ?? settings.keepClipAudio,
      ...(way &&
        isShown(next) && {
          transition: { path: await transitionFile(deps, [scene, next], way, form), frames: way.frames },
        }),
    })
  }
  return clips
}
