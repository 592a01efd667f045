/** What bringing in an asset's bytes takes: the parts that the API and the activities both have. */
import type { Config } from '../config.ts'
import type { Media } from '../media/index.ts'
import type { Database } from '../prisma/client.ts'
import type { BlobStore } from '../storage/blob-store.ts'

export interface AssetDeps {
  config: Pick<Config, 'allowedPrivateHosts' | 'dataDir' | 'http'>
  db: Database
  blobs: BlobStore
  media: Media
}
