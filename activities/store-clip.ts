/** Downloads a scene's clip, brings it to the job's profile while its siblings still render, and stores it. */
import path from 'node:path'
import { settingsOf } from '../domain/settings.ts'
import { readJob } from '../prisma/queries/jobs.ts'
import { getPrediction } from '../prisma/queries/ledger.ts'
import { changeScene } from '../prisma/queries/progress.ts'
import { revisionInWork } from '../prisma/queries/scene-revisions.ts'
import { keepTake, showStoredTake } from '../prisma/queries/takes.ts'
import { statements } from '../prisma/statements.ts'
import { filmProfile } from '../providers/film-profile.ts'
import type { PredictionRef } from '../workflows/contract.ts'
import type { ActivityDeps } from './deps.ts'
import { drawSceneWords } from './draw-scene-words.ts'
import { overlapsOf } from './film-transitions.ts'
import { canceled } from './heartbeat.ts'
import { sceneOfAttempt } from './plan-scene.ts'
import { sceneById } from './scene-of.ts'
import { takeOutput } from './take-output.ts'
import { inTempFolder } from './temp-folder.ts'

export const storeClip =
  (deps: ActivityDeps) =>
  async ({ jobId, predictionId, sceneId }: PredictionRef & { sceneId: string }): Promise<void> => {
    const { db, blobs, media, tempDir } = deps
    const job = await readJob(db, jobId)
    const scene = sceneById(job, sceneId)
    const prediction = await getPrediction(statements(db), predictionId)
    const revised = await revisionInWork(db, sceneId, prediction.attempt)
    if (await showStoredTake(db, scene, revised, predictionId)) return
    // Stored before there were takes.
    if (scene.clipPredictionId === predictionId && scene.clipHash) return changeScene(db, scene, 'completed')
    const settings = settingsOf(job, revised?.revision.kind)
    const profile = filmProfile(settings)
    const rendered = sceneOfAttempt(job, sceneId, revised)

    const signal = canceled()

    await inTempFolder(tempDir, async (folder) => {
      const raw = path.join(folder, 'raw.mp4')
      const conformed = path.join(folder, 'clip.mp4')
      const still = path.join(folder, 'still.jpg')
      const { words, isInFilm } = await drawSceneWords(deps, job, rendered, { profile, folder })
      const overlaps = overlapsOf(job.scenes, sceneId, profile) ?? (isInFilm ? { begin: 0, end: 0 } : undefined)
      const { frames, durationSeconds, changed } = await takeOutput(deps, prediction, raw, () =>
        media.conformClip({
          input: raw,
          output: conformed,
          profile,
          durationSeconds: scene.duration,
          overlaps,
          words,
          signal,
        }),
      )
      // A clip that has the profile already is kept as it came.
      const file = changed ? conformed : raw
      await media.thumbnail({ input: file, output: still, signal })
      const [thumbnail, clip] = await Promise.all([blobs.putFile(still), blobs.putFile(file)])
      await keepTake(db, rendered, revised, prediction, {
        clipHash: clip.hash,
        clipSize: clip.size,
        clipFrames: frames,
        clipDuration: durationSeconds,
        thumbnailHash: thumbnail.hash,
        isDraft: settings.quality === 'draft',
      })
    })
  }
