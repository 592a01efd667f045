/** Assets: the images, videos and sounds that films are made from, with their bytes. */
import type { ApiDeps } from '../deps.ts'
import { createRouter, type Router } from '../router.ts'
import { createAsset } from './create-asset.ts'
import { createAssetFromUrl } from './create-asset-from-url.ts'
import { createAssetsFromUrls } from './create-assets-from-urls.ts'
import { createUnifiedAsset } from './create-unified-asset.ts'
import { deleteAsset } from './delete-asset.ts'
import { getAsset } from './get-asset.ts'
import { getAssetData } from './get-asset-data.ts'
import { getAssetThumbnail } from './get-asset-thumbnail.ts'
import { listAssets } from './list-assets.ts'

export function assetRoutes(deps: ApiDeps): Router {
  const router = createRouter()
  const creating = [createAsset, createAssetFromUrl, createAssetsFromUrls, createUnifiedAsset]
  const reading = [listAssets, getAsset, getAssetData, getAssetThumbnail, deleteAsset]
  for (const mount of [...creating, ...reading]) mount(router, deps)
  return router
}
