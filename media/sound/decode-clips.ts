import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { runFfmpeg } from '../run-ffmpeg.ts'
import { exactSound } from '../sound-filters.ts'
import { CHANNELS, HEADER_BYTES, SAMPLE_BYTES, WAV_OPTIONS } from '../soundtrack/wav.ts'
import type { MediaTools } from '../tools.ts'

export interface ClipSound {
  /** An MP4 with sound; null for silence. */
  path: string | null
  /** How long its sound is in the film: what lacks is filled up with silence. */
  samples: number
}

/** How many clips one ffmpeg decodes: few starts, and memory that does not grow with the film. */
const GROUP = 12

/** Yields what is heard of each clip, both channels interleaved. Throws a MediaError. */
export async function* decodeClips(
  tools: MediaTools,
  clips: ClipSound[],
  { folder, signal }: { folder: string; signal?: AbortSignal },
): AsyncGenerator<Int16Array> {
  for (let start = 0; start < clips.length; start += GROUP) {
    yield* decodeGroup(tools, clips.slice(start, start + GROUP), { path: join(folder, 'group.wav'), signal })
  }
}

async function* decodeGroup(
  tools: MediaTools,
  clips: ClipSound[],
  { path, signal }: { path: string; signal?: AbortSignal },
): AsyncGenerator<Int16Array> {
  const heard = clips.filter(({ path }) => path !== null)
  if (heard.length > 0) {
    const each = heard.map(({ samples }, index) => `[${index}:a:0]${exactSound(samples)}[s${index}]`)
    const labels = heard.map((_, index) => `[s${index}]`).join('')
    await runFfmpeg(tools, {
      task: "decode the clips' sound",
      inputs: heard.map(({ path }) => ({ path: path ?? '', demuxer: 'mov' })),
      filter: `${each.join(';')};${labels}concat=n=${heard.length}:v=0:a=1[sound]`,
      options: ['-map', '[sound]', ...WAV_OPTIONS],
      output: path,
      timeoutSeconds: 600,
      signal,
    })
  }
  const file = heard.length > 0 ? await open(path) : null
  try {
    let position = HEADER_BYTES
    for (const clip of clips) {
      const sound = new Int16Array(clip.samples * CHANNELS)
      if (clip.path !== null) {
        await file?.read(new Uint8Array(sound.buffer), 0, sound.byteLength, position)
        position += clip.samples * SAMPLE_BYTES
      }
      yield sound
    }
  } finally {
    await file?.close()
  }
}
