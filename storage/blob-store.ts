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
  /**
   * A local file with the blob's bytes, to be read only, and there for as long as `folder` is.
   * @param folder the caller's own, for a store that has no local files; it removes the folder when it is done
   * @throws BlobNotFound
   */
  localFile(hash: string, folder: string): Promise<string>
  delete(hash: string): Promise<void>
  /** Every blob, in any order; one that comes or goes meanwhile may be among them or not. */
  list(): AsyncIterable<StoredBlob & { writtenAt: Date }>
  /** Removes what was begun before then and is not finished, because whoever wrote it died. @returns how many these were */
  removeUnfinished(before: Date): Promise<number>
  /** A URL from which anybody gets the blob for a while, without us; only of a store that others can reach. */
  linkTo?(hash: string, as: { contentType: string; disposition: string }): Promise<string>
  close(): void
}

/** What every store tells: that a name is one. */
export const HASH = /^[0-9a-f]{64}$/

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
  readonly hash: string
  constructor(hash: string) {
    super(`The store has no blob ${hash}.`)
    this.hash = hash
  }
}

/**
 * Where a store keeps a blob, below its root or prefix: ab/cd/abcd…
 * @throws BlobNotFound for what is no hash; one never comes from outside unchecked, but here it becomes a path
 */
export function keyOf(hash: string): string {
  if (!HASH.test(hash)) throw new BlobNotFound(hash)
  return `${hash.slice(0, 2)}/${hash.slice(2, 4)}/${hash}`
}

/** What the store holds under a name are other bytes than those it was given. */
export class BlobDamaged extends Error {
  override readonly name = 'BlobDamaged'
  constructor(hash: string, how: string) {
    super(`The blob ${hash} is damaged: ${how}.`)
  }
}

/** The store can't be used right now; what it was asked for may work later. */
export class BlobStoreDown extends Error {
  override readonly name = 'BlobStoreDown'
  /** @param store as people know it, such as s3://bucket */
  constructor(store: string, reason: string, options?: ErrorOptions) {
    super(`The blob store ${store} can't be used: ${reason}`, options)
  }
}
