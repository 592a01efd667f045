import { MediaError } from './errors.ts'
import { colorsOf, displaySize } from './fit-picture.ts'
import { probe } from './probe.ts'
import { runFfmpeg } from './run-ffmpeg.ts'
import type { Controls, MediaTools } from './tools.ts'

/** Pixels on the longer side, frames a second: about as many bytes as a large photo. */
const LONGER_SIDE = 480
const FPS = 10
/** What is shown of the film: so many moments at most, each so long (seconds). */
const EXCERPTS = 6
const EXCERPT_SECONDS = 1

export interface PreviewRequest extends Controls {
  /** A film. */
  input: string
  /** A name that ends in .webp. */
  output: string
}

/** Makes an animated WebP that shows moments from all over a film, again and again. Throws a MediaError. */
export async function preview(tools: MediaTools, request: PreviewRequest): Promise<void> {
  const { input, output, signal, onProgress } = request
  const { video } = await probe(tools, input, { demuxer: 'mov', signal })
  if (!video) throw new MediaError('unreadable', 'There is no picture to make a preview of, only sound.')
  const shown = displaySize(video)
  const factor = Math.min(1, LONGER_SIDE / Math.max(shown.width, shown.height))
  const even = (length: number) => Math.max(2, 2 * Math.round((length * factor) / 2))
  const starts = excerptsOf(video.durationSeconds)
  const scaled =
    `fps=${FPS},scale=${even(shown.width)}:${even(shown.height)}:${colorsOf(video)}` +
    ':out_color_matrix=bt601:out_range=tv,setsar=1,format=yuv420p'
  const excerpts = starts.map((_, index) => `[${index}:v:0]${scaled}[e${index}]`)
  await runFfmpeg(tools, {
    task: 'make a preview of the film',
    inputs: starts.map((start) => ({
      path: input,
      demuxer: 'mov' as const,
      options: ['-ss', start.toFixed(3), '-t', String(EXCERPT_SECONDS)],
    })),
    filter: `${excerpts.join(';')};${starts.map((_, index) => `[e${index}]`).join('')}concat=n=${starts.length}[v]`,
    options: ['-map', '[v]', '-c:v', 'libwebp_anim', '-quality', '60', '-loop', '0', '-f', 'webp'],
    output,
    expectedSeconds: starts.length * EXCERPT_SECONDS,
    timeoutSeconds: 120,
    signal,
    onProgress,
  })
}

/** When each excerpt begins (seconds): in the middle of equal parts of the film; a short film is shown once. */
function excerptsOf(seconds: number): number[] {
  const count = Math.max(1, Math.min(EXCERPTS, Math.floor(seconds / (2 * EXCERPT_SECONDS))))
  return Array.from({ length: count }, (_, index) =>
    Math.max(0, ((index + 0.5) * seconds) / count - EXCERPT_SECONDS / 2),
  )
}
