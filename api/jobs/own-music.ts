/** The caller's own music, in place of what would be generated. */
import type { Database } from '../../prisma/client.ts'
import { findAsset } from '../../prisma/queries/assets.ts'
import { ApiError } from '../errors.ts'

/** Seconds. A shorter sound would be repeated without end. */
const SHORTEST = 1

/** @throws ApiError 422 unless `assetId` is a sound of this client's whose bytes are here */
export async function requireOwnMusic(
  db: Database,
  assetId: string,
  owner: { clientId: string; campaignId: string },
): Promise<void> {
  const asset = await findAsset(db, assetId)
  const owned = asset && (asset.clientId === owner.clientId || asset.campaignId === owner.campaignId)
  if (!owned) throw refusal('names no asset of this client')
  if (asset.type !== 'audio') throw refusal(`names an asset that is ${asset.type}, not audio`)
  if (!asset.blobHash) {
    throw refusal(
      `has only its URL so far: GET /assets/${assetId}/data fetches it, or npm run backfill all that there are`,
    )
  }
  if ((asset.duration ?? 0) < SHORTEST) throw refusal(`names a sound shorter than ${SHORTEST} second`)
}

function refusal(problem: string): ApiError {
  return new ApiError(422, 'Validation failed', { details: { 'parameters.music_asset_id': [problem] } })
}
