/** Opens the blob store that the configuration names. */
import path from 'node:path'
import type { Logger } from 'pino'
import { openBlobCache } from './blob-cache.ts'
import { type BlobStore, BlobStoreDown } from './blob-store.ts'
import { createFileStore } from './file-store.ts'
import type { S3Location } from './s3/location.ts'

export interface StoreSettings {
  dataDir: string
  blobs: {
    /** Unset: files in the data folder. */
    s3?: S3Location
    /** How much of a bucket's blobs is kept on the local disk. */
    cacheBytes: number
  }
}

/** @throws Error with one sentence when the folder can't be used or the bucket is not there; a bucket may be away for now */
export async function openStore({ dataDir, blobs }: StoreSettings, log: Logger): Promise<BlobStore> {
  if (!blobs.s3) return createFileStore(path.join(dataDir, 'blobs'))
  // On the same disk as the work folders, whose files become blobs by a rename.
  const cache = await openBlobCache(path.join(dataDir, 'blob-cache'), blobs.cacheBytes)
  // Only where it is used: AWS's client takes a moment to load, and memory.
  const { createS3Store } = await import('./s3/store.ts')
  const store = createS3Store(blobs.s3, { cache })
  try {
    await store.check()
  } catch (error) {
    if (error instanceof BlobStoreDown) log.warn(`${error.message}. It is used as soon as it can be.`)
    else {
      store.close()
      throw error
    }
  }
  return store
}
