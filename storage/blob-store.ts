/** Bytes live here and never in a row. A blob is named by the SHA-256 of its bytes, so writing it twice is harmless. */
import type { Writable } from 'node:stream'

export interface StoredBlob {
  /** SHA-256, 64 lower-case hex digits. */
  hash: string
  /** Bytes. */
  size: number
}

/** Inclusive, in bytes, as in an HTTP Range. */
export interface ByteRange {
  start: number
  end: number
}

/** To be written once; until then it may hold a file open. */
export interface OpenBlob {
  /**
   * Writes the bytes, and does not end `out`, which must be done with each chunk when it calls back: the memory is used again.
   * @throws when `out` is destroyed meanwhile
   */
  writeTo(out: Writable): Promise<void>
}

export interface BlobStore {
  /**
   * Streams `source` into the store; nothing is kept when it fails half way.
   * @throws BlobTooLarge once more than `maxBytes` have come
   */
  put(source: AsyncIterable<Uint8Array>, options?: { maxBytes?: number; signal?: AbortSignal }): Promise<StoredBlob>
  /** Takes over a finished local file, which is gone afterwards. */
  putFile(path: string): Promise<StoredBlob>
  /** @throws BlobNotFound */
  open(hash: string, range: ByteRange): Promise<OpenBlob>
  /** Its bytes, and when they were last put here; null when there is no such blob. */
  stat(hash: string): Promise<{ size: number; writtenAt: Date } | null>
  /** A local file with the blob's bytes, to be read only. @throws BlobNotFound */
  localFile(hash: string): Promise<string>
  delete(hash: string): Promise<void>
  /** Every blob, in any order; one that comes or goes meanwhile may be among them or not. */
  list(): AsyncIterable<StoredBlob & { writtenAt: Date }>
}

export class BlobTooLarge extends Error {
  override readonly name = 'BlobTooLarge'
  readonly maxBytes: number
  constructor(maxBytes: number) {
    super(`The bytes are more than the ${maxBytes} that are allowed.`)
    this.maxBytes = maxBytes
  }
}

export class BlobNotFound extends Error {
  override readonly name = 'BlobNotFound'
  constructor(hash: string) {
    super(`The store has no blob ${hash}.`)
  }
}
