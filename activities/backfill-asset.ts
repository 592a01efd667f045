/** The backfill's steps: which assets have only a URL, and fetching the bytes of one. */
import { fetchAssetBytes, SourceIsDead } from '../assets/fetch-asset-bytes.ts'
import { countAssetsWithoutBytes, findAsset, idsWithoutBytes, markBackfilled } from '../prisma/queries/assets.ts'
import type { BackfilledAsset } from '../workflows/contract.ts'
import type { ActivityDeps } from './deps.ts'

export const countAssetsToBackfill =
  ({ db }: ActivityDeps) =>
  (): Promise<number> =>
    countAssetsWithoutBytes(db)

/** @returns ids in a fixed order, those after `after` */
export const listAssetsToBackfill =
  ({ db }: ActivityDeps) =>
  (page: { after: string | null; take: number }): Promise<string[]> =>
    idsWithoutBytes(db, page)

export const backfillAsset =
  (deps: ActivityDeps) =>
  async ({ assetId }: { assetId: string }): Promise<BackfilledAsset> => {
    const { db, log } = deps
    const asset = await findAsset(db, assetId)
    if (!asset) return { name: assetId, outcome: 'failed', reason: 'The asset was deleted meanwhile.' }
    const { name } = asset
    try {
      const { size } = await fetchAssetBytes(deps, asset)
      await markBackfilled(db, assetId, size)
      log.info({ assetId, bytes: size }, 'backfilled an asset')
      return { name, outcome: 'stored', size }
    } catch (error) {
      if (!(error instanceof SourceIsDead)) throw error
      log.warn({ assetId, reason: error.message }, 'an asset could not be backfilled')
      return { name, outcome: 'failed', reason: error.message }
    }
  }
