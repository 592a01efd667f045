/**
 * Gives memory back before the collector does. Node hands out each piece of a request's body in memory of its own, outside
 * of the heap, and up to 64 MB of it pile up before that alone makes V8 collect.
 */

/** A parser of forms keeps at most so many of a chunk's last bytes for itself: what may be the begin of a boundary. */
const HELD_BACK_BYTES = 256

/**
 * Yields `chunks`, and frees each when the next is asked for: whoever reads must be done with it then. A chunk that shares
 * its memory with other bytes is left to the collector.
 */
export async function* releasing(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    yield chunk
    const { buffer, byteOffset, byteLength } = chunk
    const isAlone = byteOffset === 0 && buffer.byteLength - byteLength < HELD_BACK_BYTES
    // What is transferred belongs to the new buffer, and of no bytes nothing is kept.
    if (isAlone && buffer instanceof ArrayBuffer) buffer.transfer(0)
  }
}
