import { open } from 'node:fs/promises'
import { HEADER_BYTES, SAMPLE_BYTES, samplesIn, wavHeader } from './wav.ts'

/** Writes a WAV of so many seconds of silence. */
export async function silence({ output, durationSeconds }: { output: string; durationSeconds: number }): Promise<void> {
  const samples = samplesIn(durationSeconds)
  const file = await open(output, 'w')
  try {
    await file.write(wavHeader(samples))
    // The zeros that truncate() adds are the silence.
    await file.truncate(HEADER_BYTES + samples * SAMPLE_BYTES)
  } finally {
    await file.close()
  }
}
