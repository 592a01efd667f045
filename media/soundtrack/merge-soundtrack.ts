import { MediaError } from '../errors.ts'
import { probe } from '../probe.ts'
import { SAMPLE_RATE } from '../profile.ts'
import { runFfmpeg } from '../run-ffmpeg.ts'
import { exactSound, SOUND_OPTIONS, silentSound } from '../sound-filters.ts'
import type { Controls, MediaTools } from '../tools.ts'

export interface MergeRequest extends Controls {
  /** A stitched film. */
  video: string
  /** A WAV as long as the film (fitSoundtrack); what is longer is cut. */
  soundtrack: string
  output: string
  /** How loud the music is under the clips' own sound: 1 as it is, 0.5 half the amplitude. Default 0.5. */
  musicGain?: number
}

/**
 * Puts music under a film. The picture is copied; the clips' own sound stays at its loudness, and a limiter keeps both
 * together from clipping. Throws a MediaError.
 */
export async function mergeSoundtrack(tools: MediaTools, request: MergeRequest): Promise<void> {
  const { video, soundtrack, output, musicGain = 0.5, signal, onProgress } = request
  const film = await probe(tools, video, { demuxer: 'mov', signal })
  if (!film.video) throw new MediaError('unreadable', 'There is no picture to put the music under.')
  const { frames, durationSeconds, index } = film.video
  const samples = Math.round(durationSeconds * SAMPLE_RATE)
  const own = film.audio ? `[0:${film.audio.index}]${exactSound(samples)}` : silentSound(samples)
  await runFfmpeg(tools, {
    task: 'put the music under the film',
    inputs: [
      { path: video, demuxer: 'mov' },
      { path: soundtrack, demuxer: 'wav' },
    ],
    filter: [
      `${own}[own]`,
      `[1:a:0]${exactSound(samples)},volume=${musicGain}[music]`,
      '[own][music]amix=inputs=2:duration=first:normalize=0,' +
        `alimiter=limit=0.95:level=0:latency=1,atrim=end_sample=${samples}[mixed]`,
    ].join(';'),
    options: ['-map', `0:${index}`, '-c:v', 'copy', '-map', '[mixed]', ...SOUND_OPTIONS, '-movflags', '+faststart'],
    output,
    verify: async (result) => {
      const made = await probe(tools, result, { demuxer: 'mov', signal })
      if (made.video?.frames === frames && Math.abs(made.durationSeconds - durationSeconds) <= durationSeconds / frames)
        return
      const message = `The film with music lasts ${made.durationSeconds} s where it lasted ${durationSeconds} s.`
      throw new MediaError('failed', message, { detail: JSON.stringify(made) })
    },
    expectedSeconds: durationSeconds,
    timeoutSeconds: 1800,
    signal,
    onProgress,
  })
}
