/** What is spoken over scenes, as their rows tell it. */
import type { Database } from '../client.ts'
import type { Scene } from '../generated/client.ts'
import { recordEvent } from './progress.ts'

type Voice = { [K in 'voiceHash' | 'voiceDuration' | 'voicePredictionId']: NonNullable<Scene[K]> }

/** A film that waits for its music is stitched anew: it was stitched without this voice. */
export async function saveVoice(db: Database, { id, jobId, position }: Scene, voice: Voice): Promise<void> {
  await db.$transaction(async (tx) => {
    await tx.scene.update({ where: { id }, data: { ...voice, voiceError: null } })
    await tx.job.updateMany({
      where: { id: jobId, videoHash: null },
      data: { stitchedHash: null, stitchedSoundHash: null },
    })
    await recordEvent(tx, jobId, 'voice_over', { position, seconds: voice.voiceDuration, error: null })
  })
}

/** Says why nothing is spoken, unless there is a voice by now. */
export async function saveVoiceFailure(db: Database, { id, jobId, position }: Scene, error: string): Promise<void> {
  await db.$transaction(async (tx) => {
    const { count } = await tx.scene.updateMany({ where: { id, voiceHash: null }, data: { voiceError: error } })
    if (count > 0) await recordEvent(tx, jobId, 'voice_over', { position, error })
  })
}
