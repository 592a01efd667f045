import { join } from 'node:path'
import { MediaError } from '../errors.ts'
import { withRunFolder } from '../folder.ts'
import { type MediaInfo, probe } from '../probe.ts'
import { SAMPLE_RATE } from '../profile.ts'
import { runFfmpeg } from '../run-ffmpeg.ts'
import type { Loudness } from '../sound/loudness.ts'
import type { Controls, MediaTools } from '../tools.ts'
import { type ScoreRequest, scoreSound } from './score-sound.ts'

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
 * @returns why it is not as loud as a film, as a sentence; mostly null
 */
export async function mergeSoundtrack(
  tools: MediaTools,
  request: MergeRequest,
): Promise<{ loudnessProblem: string | null }> {
  const { video, output, signal } = request
  const film = await probe(tools, video, { demuxer: 'mov', signal })
  if (!film.video) throw new MediaError('unreadable', 'There is no picture to put the music under.')
  const { frames, durationSeconds, index } = film.video
  return withRunFolder(tools.tempDir, async (folder) => {
    const path = join(folder, 'scored.m4a')
    const loudnessProblem = await scoreSound(tools, {
      ...request,
      own: ownSound(film, request),
      samples: Math.round(durationSeconds * SAMPLE_RATE),
      folder,
      output: path,
    })
    await runFfmpeg(tools, {
      task: 'put the music under the film',
      inputs: [
        { path: video, demuxer: 'mov' },
        { path, demuxer: 'mov' },
      ],
      options: [
        // The last of them are captions, where the film has such a track.
        ...['-map', `0:${index}`, '-map', '1:a:0', '-map', '0:s?', '-c', 'copy'],
        ...['-map_metadata', '-1', '-movflags', '+faststart'],
      ],
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
    return { loudnessProblem }
  })
}

/** What the clips are heard with. */
function ownSound({ audio }: MediaInfo, { video, sound }: MergeRequest): ScoreRequest['own'] {
  if (sound) return { input: { path: sound, demuxer: 'flac' }, index: 0 }
  return audio ? { input: { path: video, demuxer: 'mov' }, index: audio.index } : null
}
