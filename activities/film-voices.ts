/** What is spoken over a film, and where in it. */
import { filmTimes } from '../domain/transitions.ts'
import { type PlacedVoice, placeVoices } from '../domain/voice-over.ts'
import type { FilmVoice, OutputProfile } from '../media/index.ts'
import type { Scene } from '../prisma/queries/jobs.ts'
import { recordEvent } from '../prisma/queries/progress.ts'
import type { ActivityDeps } from './deps.ts'

/** @param scenes in the film's order; people are told where a voice is too long for its scene */
export async function filmVoices(
  { db, blobs }: Pick<ActivityDeps, 'db' | 'blobs'>,
  scenes: Scene[],
  { profile, folder }: { profile: OutputProfile; folder: string },
): Promise<FilmVoice[]> {
  const spoken = scenes.flatMap(({ voiceHash, voiceDuration, jobId }, position) =>
    voiceHash && voiceDuration ? [{ position, duration: voiceDuration, hash: voiceHash, jobId }] : [],
  )
  const voices: FilmVoice[] = []
  const tooLong: PlacedVoice[] = []
  for (const [index, place] of placeVoices(spoken, filmTimes(scenes, profile.fps)).entries()) {
    const path = await blobs.localFile(spoken[index]?.hash ?? '', folder)
    voices.push({ path, startSeconds: place.start, tempo: place.tempo })
    if (place.tempo > 1) tooLong.push(place)
  }
  const [first] = spoken
  if (first && tooLong.length > 0) {
    await db.$transaction(async (tx) => {
      for (const { position, tempo, over } of tooLong) {
        await recordEvent(tx, first.jobId, 'voice_over_too_long', { position, tempo, over })
      }
    })
  }
  return voices
}
