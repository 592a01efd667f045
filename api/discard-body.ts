/** Lets a sender finish whose body is refused: a connection that is closed while it sends takes the answer with it. */
import type { IncomingMessage } from 'node:http'

/** More is not waited for: whoever sends that much reads the answer meanwhile, or never. */
const MAX_BYTES = 16 * 1024 * 1024
const WITHIN_MS = 2_000

/** Reads what is still to come and forgets it, at most 16 MiB of it and for two seconds; none when more is announced. */
export function discardBody(incoming: IncomingMessage | undefined): Promise<void> {
  const announced = Number(incoming?.headers['content-length'] ?? 0)
  if (!incoming || incoming.destroyed || incoming.readableEnded || announced > MAX_BYTES) return Promise.resolve()
  return new Promise((resolve) => {
    let bytes = 0
    const done = () => {
      clearTimeout(timer)
      incoming.off('data', count).off('pause', goOn).off('end', done).off('close', done)
      resolve()
    }
    const timer = setTimeout(done, WITHIN_MS)
    const count = (chunk: Buffer) => {
      bytes += chunk.byteLength
      if (bytes > MAX_BYTES) done()
    }
    // Whoever read it before may still hold it back.
    const goOn = () => setImmediate(() => incoming.resume())
    incoming.on('data', count).on('pause', goOn).once('end', done).once('close', done).resume()
  })
}
