import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { moveFile, withRunFolder } from '../folder.ts'
import { SAMPLE_RATE } from '../profile.ts'
import type { Controls, MediaTools } from '../tools.ts'
import { type DecodedMusic, withDecoded } from './decode.ts'
import { crossfade } from './fades.ts'
import { type Bars, findBars } from './find-bars.ts'
import { joinSegments } from './join-segments.ts'
import { CHANNELS, readWav, samplesIn, wavHeader } from './wav.ts'

export interface ArrangeRequest extends Controls {
  /** Music of any kind that is read here. */
  input: string
  videoSeconds: number
  /** How long the music fades out at its end, and at a seam that is on no bar (seconds). */
  fadeSeconds: number
  /** A name that ends in .wav. */
  output: string
}

export interface ArrangedMusic {
  /** Where it is to fade out (seconds): at a bar near the end of the film; null where there are no bars. */
  fadeAtSeconds: number | null
}

/** Seconds. Longer music is not listened to for its bars: that takes a second a minute, and much memory. */
const MAX_LISTENED = 180
/** Seconds. Short enough to be over before the beat, long enough not to click. */
const SEAM_SECONDS = 0.03
/** Seconds. A fade has at least so long at the end of the film. */
const LEAST_FADE = 0.4

/**
 * Makes a user's music as long as the film at least. Shorter music is repeated from bar to bar, so that the beat goes on
 * over the seam; where it has no clear tempo, with a fade at each seam. Throws a MediaError.
 */
export async function arrangeMusic(tools: MediaTools, request: ArrangeRequest): Promise<ArrangedMusic> {
  const { input, videoSeconds, fadeSeconds, output, signal } = request
  const wanted = samplesIn(videoSeconds)
  return withDecoded(tools, { input, most: wanted, signal }, async (music) => {
    const bars = music.samples <= samplesIn(MAX_LISTENED) ? await findBars(music.path, signal) : null
    const loop = bars && music.samples < wanted ? loopOf(bars, music.samples) : null
    if (music.samples >= wanted) {
      await moveFile(music.path, output)
    } else if (loop) {
      await writeLooped(tools, { music, loop, samples: wanted, output })
    } else {
      const segment = { path: music.path, durationSeconds: music.samples / SAMPLE_RATE, overlapSeconds: 0 }
      const segments = Array(Math.ceil(wanted / music.samples)).fill(segment)
      await joinSegments(tools, { segments, fadeSeconds, output })
      return { fadeAtSeconds: null }
    }
    return { fadeAtSeconds: bars && lastBar(bars, loop, videoSeconds, fadeSeconds) }
  })
}

/** A stretch of whole bars (samples), which can follow itself. */
interface Loop {
  begin: number
  end: number
}

/** As many bars as the music has, of what comes in fours a multiple of four; null where there is not one. */
function loopOf({ begin, length }: Bars, samples: number): Loop | null {
  const seconds = samples / SAMPLE_RATE
  const first = begin - Math.floor((begin - SEAM_SECONDS) / length) * length
  const count = Math.floor((seconds - first) / length)
  if (count < 1) return null
  const whole = count >= 4 ? count - (count % 4) : count
  return { begin: samplesIn(first), end: samplesIn(first + whole * length) }
}

/** The last bar of the arranged music that leaves time to fade out (seconds); null where that is not near the end. */
function lastBar({ begin, length }: Bars, loop: Loop | null, videoSeconds: number, fadeSeconds: number): number | null {
  const latest = videoSeconds - Math.min(fadeSeconds, LEAST_FADE)
  // What is repeated is whole bars: after the seam the same grid goes on, from where the loop first ended.
  const origin = loop ? loop.end / SAMPLE_RATE : begin
  const at = origin + Math.floor((latest - origin) / length) * length
  return at > videoSeconds / 2 ? at : null
}

interface Writing {
  music: DecodedMusic
  loop: Loop
  samples: number
  output: string
}

/** Writes the music until the loop's end, and then the loop again and again. */
async function writeLooped(tools: MediaTools, { music, loop, samples, output }: Writing): Promise<void> {
  const sound = await readWav(music.path)
  const seam = samplesIn(SEAM_SECONDS)
  await withRunFolder(tools.tempDir, async (folder) => {
    const path = join(folder, 'arranged.wav')
    const file = await open(path, 'w')
    try {
      await file.write(wavHeader(samples))
      let left = samples
      const write = async (part: Int16Array) => {
        const kept = part.subarray(0, left * CHANNELS)
        await file.write(new Uint8Array(kept.buffer, kept.byteOffset, kept.byteLength))
        left -= kept.length / CHANNELS
      }
      const at = (sample: number) => sample * CHANNELS
      const border = sound.slice(at(loop.end - seam), at(loop.end))
      crossfade(border, sound.slice(at(loop.begin - seam), at(loop.begin)), seam)
      await write(sound.subarray(0, at(loop.end - seam)))
      while (left > 0) {
        await write(border)
        await write(sound.subarray(at(loop.begin), at(loop.end - seam)))
      }
    } finally {
      await file.close()
    }
    await moveFile(path, output)
  })
}
