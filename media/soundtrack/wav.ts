import { open } from 'node:fs/promises'
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

/**
 * The sound of a WAV that was made here, both channels interleaved. Throws a MediaError for any other file.
 * @param most how many samples of a longer one are read
 */
export async function readWav(path: string, most = Number.POSITIVE_INFINITY): Promise<Int16Array> {
  const file = await open(path)
  try {
    const header = Buffer.alloc(HEADER_BYTES)
    await file.read(header, 0, HEADER_BYTES, 0)
    // All of the header but the two lengths is the same in every file that was made here.
    const ours = header.subarray(8, 40).equals(wavHeader(0).subarray(8, 40))
    if (!ours) throw new MediaError('failed', 'A music segment is not a WAV file made by cutSegment.')
    const samples = Math.min(most, Math.floor(((await file.stat()).size - HEADER_BYTES) / SAMPLE_BYTES))
    const sound = new Int16Array(samples * CHANNELS)
    await file.read(new Uint8Array(sound.buffer), 0, sound.byteLength, HEADER_BYTES)
    return sound
  } finally {
    await file.close()
  }
}
