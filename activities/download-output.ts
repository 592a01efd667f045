/** Fetches what a prediction made. */
import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import type { PredictionProvider } from '../providers/ports.ts'

/** No clip of ours is larger; a provider that sends more than this is broken. Bytes. */
const MAX_OUTPUT_BYTES = 2 * 1024 ** 3

/**
 * @param file where the bytes go
 * @throws Error when it broke off (worth another try), ProviderError when the output is gone
 */
export async function downloadOutput(
  provider: PredictionProvider,
  url: string,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const { body } = await provider.download(url, { signal })
  let received = 0
  const counted = async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) {
      received += chunk.byteLength
      if (received > MAX_OUTPUT_BYTES) throw new Error('The provider sent more than 2 GiB for one output.')
      yield chunk
    }
  }
  await pipeline(body, counted, createWriteStream(file), { signal })
}
