/** Fetches the bytes of an asset that has only a URL, the first time that they are wanted. */
import { FetchRefused } from '../net/fetch-safely.ts'
import { type Asset, storeAssetBytes } from '../prisma/queries/assets.ts'
import type { AssetDeps } from './deps.ts'
import { downloadSource } from './download-source.ts'
import { storeFile } from './store-file.ts'
import { UnusableFile } from './unusable-file.ts'
import { withWorkFolder } from './work-folder.ts'

export type StoredAsset = Asset & { blobHash: string; size: number; contentType: string; format: string }

/** The asset's source_url gives nothing usable; the message says why. */
export class SourceIsDead extends Error {
  override readonly name = 'SourceIsDead'
}

/** A page shows many assets at once, and a provider fetches two: one download serves all who wait for it. */
const underway = new Map<string, Promise<StoredAsset>>()

/**
 * @returns the asset with its bytes in the store; at once when they are there already
 * @throws SourceIsDead
 */
export async function fetchAssetBytes(deps: AssetDeps, asset: Asset): Promise<StoredAsset> {
  if (hasBytes(asset)) return asset
  let fetching = underway.get(asset.id)
  if (!fetching) {
    fetching = download(deps, asset).finally(() => underway.delete(asset.id))
    underway.set(asset.id, fetching)
  }
  return fetching
}

async function download(deps: AssetDeps, asset: Asset): Promise<StoredAsset> {
  const { sourceUrl } = asset
  if (!sourceUrl) throw new SourceIsDead('It was never uploaded, and has no source_url.')
  try {
    return await withWorkFolder(deps.config, async (folder) => {
      const file = await downloadSource(deps.config, sourceUrl, folder)
      const stored = await storeAssetBytes(deps.db, asset.id, await storeFile(deps, file, folder))
      if (!stored || !hasBytes(stored)) throw new SourceIsDead('The asset was deleted meanwhile.')
      return stored
    })
  } catch (error) {
    if (!(error instanceof FetchRefused || error instanceof UnusableFile)) throw error
    throw new SourceIsDead(error.message, { cause: error })
  }
}

function hasBytes(asset: Asset): asset is StoredAsset {
  return asset.blobHash !== null && asset.size !== null && asset.contentType !== null && asset.format !== null
}
