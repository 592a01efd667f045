import { fetchAssetBytes, SourceIsDead, type StoredAsset } from '../../assets/fetch-asset-bytes.ts'
import { findAsset } from '../../prisma/queries/assets.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError, found } from '../errors.ts'

/** The asset, its bytes in the store. @throws ApiError 404 when it is unknown, 502 when its source_url is dead */
export async function withBytes(deps: ApiDeps, id: string): Promise<StoredAsset> {
  const asset = found(await findAsset(deps.db, id), 'Asset')
  try {
    return await fetchAssetBytes(deps, asset)
  } catch (error) {
    if (!(error instanceof SourceIsDead)) throw error
    throw new ApiError(502, "The asset's source_url gives no usable bytes", { extra: { reason: error.message } })
  }
}
