/** Reads and writes sound files with ffmpeg. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { PredictionError } from '../input-files.ts'
import { runFfmpeg } from '../render/ffmpeg.ts'
import { SAMPLE_RATE, type Sound, silence } from './synth.ts'

const RAW = ['-f', 'f32le', '-ar', `${SAMPLE_RATE}`, '-ac', '2']

/**
 * Decodes a sound file of any kind to 32 kHz stereo. It goes through a file, because ffmpeg can't tell where an MP3 from
 * a pipe ends to the sample.
 * @throws {PredictionError} when it holds no sound
 */
export async function decodeSound(ffmpeg: string, bytes: Uint8Array, signal: AbortSignal): Promise<Sound> {
  const folder = await mkdtemp(path.join(tmpdir(), 'simulator-sound-'))
  try {
    const file = path.join(folder, 'input')
    await writeFile(file, bytes)
    const args = ['-protocol_whitelist', 'file,pipe', '-i', file, '-vn', ...RAW, 'pipe:1']
    return fromRaw(await runFfmpeg(ffmpeg, args, signal))
  } catch (error) {
    if (error instanceof PredictionError) throw new PredictionError('Failed to decode input_audio: not an audio file')
    throw error
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function fromRaw(raw: Buffer): Sound {
  const count = Math.floor(raw.length / 8)
  const sound = silence(count)
  for (let i = 0; i < count; i++) {
    sound.left[i] = raw.readFloatLE(i * 8)
    sound.right[i] = raw.readFloatLE(i * 8 + 4)
  }
  return sound
}

/** Writes sound to a file: mp3 (192 kbit/s) or wav (16 bit), by the file's name. */
export async function encodeSound(ffmpeg: string, sound: Sound, file: string, signal: AbortSignal): Promise<void> {
  const raw = new Float32Array(sound.left.length * 2)
  for (let i = 0; i < sound.left.length; i++) {
    raw[i * 2] = sound.left[i] ?? 0
    raw[i * 2 + 1] = sound.right[i] ?? 0
  }
  const codec = file.endsWith('.mp3') ? ['-c:a', 'libmp3lame', '-b:a', '192k'] : ['-c:a', 'pcm_s16le']
  await runFfmpeg(ffmpeg, [...RAW, '-i', 'pipe:0', ...codec, file], signal, new Uint8Array(raw.buffer))
}
