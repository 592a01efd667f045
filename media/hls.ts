import { readFile, stat } from 'node:fs/promises'
import { MediaError } from './errors.ts'
import { refuseTooLarge, runFfmpeg } from './run-ffmpeg.ts'
import type { Controls, MediaTools } from './tools.ts'

/** Seconds of a segment, at least; it ends at the next keyframe, of which our own encoder makes one a second. */
const SEGMENT_SECONDS = 4

export interface HlsRequest extends Controls {
  /** A film. */
  input: string
  /** A name that ends in .m3u8. */
  playlist: string
  /**
   * All segments, as one fragmented MP4 from which players ask for ranges; in a folder of the caller's, because it may be
   * there in part when this fails. The playlist calls it by its base name.
   */
  segments: string
  /** Bytes that the segments are refused at: by default far more than the longest film has. */
  maxBytes?: number
}

/** Cuts a film into segments for HTTP Live Streaming; picture and sound are copied. Throws a MediaError. */
export async function hls(tools: MediaTools, request: HlsRequest): Promise<void> {
  const { input, playlist, segments, maxBytes, signal, onProgress } = request
  const task = 'cut the film into segments'
  await runFfmpeg(tools, {
    task,
    inputs: [{ path: input, demuxer: 'mov' }],
    options: [
      ...['-map', '0:v:0', '-map', '0:a:0?', '-c', 'copy', '-f', 'hls', '-hls_playlist_type', 'vod'],
      ...['-hls_time', String(SEGMENT_SECONDS), '-hls_segment_type', 'fmp4', '-hls_flags', 'single_file'],
      ...['-hls_segment_filename', segments],
    ],
    output: playlist,
    verify: async (result) => {
      refuseTooLarge({ task, maxBytes }, (await stat(segments)).size)
      if ((await readFile(result, 'utf8')).includes('#EXT-X-ENDLIST')) return
      throw new MediaError('failed', 'The playlist came out without its end. Ask for it again.')
    },
    timeoutSeconds: 300,
    signal,
    onProgress,
  })
}
