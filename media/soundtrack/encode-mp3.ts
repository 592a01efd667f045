import { probe } from '../probe.ts'
import { runFfmpeg } from '../run-ffmpeg.ts'
import type { Controls, MediaTools } from '../tools.ts'

/** Encodes a WAV as MP3 with 192 kbit/s, for download. Throws a MediaError. */
export async function encodeMp3(
  tools: MediaTools,
  { input, output, signal, onProgress }: { input: string; output: string } & Controls,
): Promise<void> {
  const { durationSeconds } = await probe(tools, input, { demuxer: 'wav', signal })
  await runFfmpeg(tools, {
    task: 'encode the music as MP3',
    inputs: [{ path: input, demuxer: 'wav' }],
    options: ['-map', '0:a:0', '-c:a', 'libmp3lame', '-b:a', '192k', '-map_metadata', '-1', '-f', 'mp3'],
    output,
    expectedSeconds: durationSeconds,
    timeoutSeconds: 600,
    signal,
    onProgress,
  })
}
