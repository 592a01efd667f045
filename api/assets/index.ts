/** Assets: the images, videos and sounds that films are made from, with their bytes. */
import type { ApiDeps } from '../deps.ts'
import { createAsset } from './create-asset.ts'
import { createAssetFromUrl } from './create-asset-from-url.ts'
import { createAssetsFromUrls } from './create-assets-from-urls.ts'
import { createUnifiedAsset } from './create-unified-asset.ts'
import { deleteAsset } from './delete-asset.ts'
import { getAsset } from './get-asset.ts'
import { getAssetData } from './get-asset-data.ts'
import { getAssetThumbnail } from './get-asset-thumbnail.ts'
import { listAssets } from './list-assets.ts'

export function assetRoutes(deps: ApiDeps) {
  return [
    createAsset(deps),
    createAssetFromUrl(deps),
    createAssetsFromUrls(deps),
    createUnifiedAsset(deps),
    listAssets(deps),
    getAsset(deps),
    getAssetData(deps),
    getAssetThumbnail(deps),
    deleteAsset(deps),
  ] as const
}
