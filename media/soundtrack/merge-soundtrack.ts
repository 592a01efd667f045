import { join } from 'node:path'
import { MediaError } from '../errors.ts'
import { withRunFolder } from '../folder.ts'
import { type MediaInfo, probe } from '../probe.ts'
import { SAMPLE_RATE } from '../profile.ts'
import { runFfmpeg } from '../run-ffmpeg.ts'
import { encodeSound } from '../sound/encode-sound.ts'
import { type Loudness, measure } from '../sound/loudness.ts'
import { mixSound, type Part } from '../sound/mix-sound.ts'
import type { Controls, MediaTools } from '../tools.ts'

export interface MergeRequest extends Controls {
  /** A stitched film. */
  video: string
  /** Its sound without loss, as `stitch` kept it; null to take the film's own. */
  sound: string | null
  /** A WAV as long as the film (fitSoundtrack); what is longer is cut. */
  soundtrack: string
  /** How loud the soundtrack is. */
  loudness: Loudness
  /** How long the sound fades out at the end of the film (seconds). */
  fadeSeconds: number
  output: string
}

/**
 * Puts music under a film. The picture is copied. The music steps back where the clips are heard, and both together are
 * brought to the loudness of films. Throws a MediaError.
 */
export async function mergeSoundtrack(tools: MediaTools, request: MergeRequest): Promise<void> {
  const { video, output, signal } = request
  const film = await probe(tools, video, { demuxer: 'mov', signal })
  if (!film.video) throw new MediaError('unreadable', 'There is no picture to put the music under.')
  const { frames, durationSeconds, index } = film.video
  await withRunFolder(tools.tempDir, async (folder) => {
    const sound = await scored(tools, film, folder, request)
    await runFfmpeg(tools, {
      task: 'put the music under the film',
      inputs: [
        { path: video, demuxer: 'mov' },
        { path: sound, demuxer: 'mov' },
      ],
      options: ['-map', `0:${index}`, '-map', '1:a:0', '-c', 'copy', '-map_metadata', '-1', '-movflags', '+faststart'],
      output,
      verify: async (result) => {
        const made = await probe(tools, result, { demuxer: 'mov', signal })
        const isAsLong = Math.abs(made.durationSeconds - durationSeconds) <= durationSeconds / frames
        if (made.video?.frames === frames && isAsLong) return
        const message = `The film with music lasts ${made.durationSeconds} s where it lasted ${durationSeconds} s.`
        throw new MediaError('failed', message, { detail: JSON.stringify(made) })
      },
      timeoutSeconds: 1800,
      signal,
    })
  })
}

/** The film's new sound, encoded. */
async function scored(tools: MediaTools, film: MediaInfo, folder: string, request: MergeRequest): Promise<string> {
  const { soundtrack, loudness, fadeSeconds, signal, onProgress } = request
  const samples = Math.round((film.video?.durationSeconds ?? 0) * SAMPLE_RATE)
  const own = await ownSound(tools, film, folder, request)
  const music = { input: { path: soundtrack, demuxer: 'wav' as const }, index: 0, loudness }
  const mixed = join(folder, 'mixed.wav')
  const together = await mixSound(tools, { own, music, samples, fadeSeconds, output: mixed, signal })
  const output = join(folder, 'sound.m4a')
  const input = { path: mixed, demuxer: 'wav' as const }
  await encodeSound(tools, { input, loudness: together, samples, encoding: 'aac', output, signal, onProgress })
  return output
}

async function ownSound(
  tools: MediaTools,
  { audio }: MediaInfo,
  folder: string,
  { video, sound, signal }: MergeRequest,
): Promise<Part | null> {
  const part = sound
    ? { input: { path: sound, demuxer: 'flac' as const }, index: 0 }
    : audio && { input: { path: video, demuxer: 'mov' as const }, index: audio.index }
  if (!part) return null
  return { ...part, loudness: await measure(tools, { ...part, output: join(folder, 'own.md5'), signal }) }
}
