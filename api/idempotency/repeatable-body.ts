/** The body of a request that named an Idempotency-Key: what it is compared by, and what is handed on. */
import type { Context } from 'hono'
import { tooLarge } from '../errors.ts'
import type { ApiEnv } from '../router.ts'
import { bodyDigest } from './body-digest.ts'

export interface RepeatableBody {
  /** What is known before the body was read; null while it has to be read for it. */
  fingerprint: string | null
  /** For the route. */
  body: string | ReadableStream<Uint8Array> | null
  /** Ask for it once the route has read the body. */
  finalFingerprint(): string
  /** Reads the body for its fingerprint alone. @throws ApiError 413 */
  drain(maxBytes: number): Promise<string>
}

export async function repeatableBody(c: Context<ApiEnv>): Promise<RepeatableBody> {
  const contentType = c.req.header('content-type') ?? ''
  const { search } = new URL(c.req.url)
  const digest = bodyDigest(contentType, `${c.req.method} ${c.req.path}${search}\n`)
  // JSON is limited and in memory by now (json-body.ts), and an absent body is as good as read.
  const stream = c.req.raw.bodyUsed ? null : c.req.raw.body
  if (!stream || /^application\/([\w.-]+\+)?json\b/i.test(contentType)) {
    const text = stream || c.req.raw.bodyUsed ? await c.req.text() : null
    digest.update(Buffer.from(text ?? ''))
    const fingerprint = digest.hex()
    const known = () => fingerprint
    return { fingerprint, body: text || null, finalFingerprint: known, drain: async () => fingerprint }
  }
  const passing = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      digest.update(chunk)
      controller.enqueue(chunk)
    },
  })
  let final: string | undefined
  return {
    fingerprint: null,
    get body() {
      return stream.pipeThrough(passing)
    },
    finalFingerprint() {
      final ??= digest.hex()
      return final
    },
    async drain(maxBytes) {
      let bytes = 0
      for await (const chunk of stream) {
        bytes += chunk.byteLength
        if (bytes > maxBytes) throw tooLarge(maxBytes)
        digest.update(chunk)
      }
      return digest.hex()
    },
  }
}
