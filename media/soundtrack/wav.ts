import { readFile } from 'node:fs/promises'
import { MediaError } from '../errors.ts'
import { SAMPLE_RATE } from '../profile.ts'

/**
 * The form that music has between the steps: WAV, 16 bits, 48 kHz, stereo. A "sample" here is one of each channel,
 * which is four bytes.
 */
export const CHANNELS = 2
export const SAMPLE_BYTES = 2 * CHANNELS
export const HEADER_BYTES = 44
/** What makes ffmpeg write this form, with no text between header and sound. */
export const WAV_OPTIONS = [
  '-c:a',
  'pcm_s16le',
  '-f',
  'wav',
  '-map_metadata',
  '-1',
  '-flags',
  '+bitexact',
  '-fflags',
  '+bitexact',
]

export function samplesIn(seconds: number): number {
  return Math.round(seconds * SAMPLE_RATE)
}

/** The header of a WAV file with so many samples. */
export function wavHeader(samples: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  const bytes = samples * SAMPLE_BYTES
  header.write('RIFF', 0, 'latin1')
  header.writeUInt32LE(HEADER_BYTES - 8 + bytes, 4)
  header.write('WAVEfmt ', 8, 'latin1')
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(CHANNELS, 22)
  header.writeUInt32LE(SAMPLE_RATE, 24)
  header.writeUInt32LE(SAMPLE_RATE * SAMPLE_BYTES, 28)
  header.writeUInt16LE(SAMPLE_BYTES, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36, 'latin1')
  header.writeUInt32LE(bytes, 40)
  return header
}

/** The sound of a WAV that was made here, both channels interleaved. Throws a MediaError for any other file. */
export async function readWav(path: string): Promise<Int16Array> {
  const file = await readFile(path)
  // All of the header but the two lengths is the same in every file that was made here.
  const expected = wavHeader(0)
  const ours = file.length >= HEADER_BYTES && file.subarray(8, 40).equals(expected.subarray(8, 40))
  if (!ours) throw new MediaError('failed', 'A music segment is not a WAV file made by cutSegment.')
  const samples = Math.floor((file.length - HEADER_BYTES) / SAMPLE_BYTES)
  // Copied, because an Int16Array may only begin at an even address.
  const sound = new Int16Array(samples * CHANNELS)
  Buffer.from(sound.buffer).set(file.subarray(HEADER_BYTES, HEADER_BYTES + samples * SAMPLE_BYTES))
  return sound
}
