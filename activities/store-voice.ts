/** Stores what was spoken over a scene, or says why there is nothing. */
import path from 'node:path'
import { voiceSubject } from '../domain/prediction.ts'
import { getJob } from '../prisma/queries/jobs.ts'
import { saveVoice, saveVoiceFailure } from '../prisma/queries/voices.ts'
import type { PredictionRef } from '../workflows/contract.ts'
import type { ActivityDeps } from './deps.ts'
import { endPredictions } from './end-predictions.ts'
import { canceled } from './heartbeat.ts'
import { sceneAt } from './scene-of.ts'
import { takeOutput } from './take-output.ts'
import { inTempFolder } from './temp-folder.ts'

export const storeVoice =
  (deps: ActivityDeps) =>
  async ({ jobId, predictionId, position }: PredictionRef & { position: number }): Promise<void> => {
    const { db, blobs, media, tempDir } = deps
    const scene = sceneAt(await getJob(db, jobId), position)
    if (scene.voicePredictionId === predictionId && scene.voiceHash) return
    const prediction = await db.prediction.findUniqueOrThrow({ where: { id: predictionId } })
    const signal = canceled()
    await inTempFolder(tempDir, async (folder) => {
      const raw = path.join(folder, 'raw.wav')
      const voice = path.join(folder, 'voice.flac')
      const { seconds } = await takeOutput(deps, prediction, raw, () =>
        media.keepVoice({ input: raw, output: voice, signal }),
      )
      const { hash } = await blobs.putFile(voice)
      await saveVoice(db, scene, { voiceHash: hash, voiceDuration: seconds, voicePredictionId: predictionId })
    })
  }

interface FailedVoice {
  jobId: number
  position: number
  /** Which one failed, the last that was made. */
  attempt: number
  reason: string
}

/** After a reset it fails once more: what was bought and stored since then stays. */
export const recordVoiceFailure =
  (deps: ActivityDeps) =>
  async ({ jobId, position, attempt, reason }: FailedVoice): Promise<void> => {
    deps.log.warn({ jobId, position, reason }, 'a voice-over failed')
    await endPredictions(deps, { jobId, subject: voiceSubject(position), attempt: { lte: attempt } }, reason)
    await saveVoiceFailure(deps.db, sceneAt(await getJob(deps.db, jobId), position), reason)
  }
