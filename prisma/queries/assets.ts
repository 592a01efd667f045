/** Assets, as rows; their bytes are in the blob store. */
import type { Db, Prisma } from '../client.ts'
import type { Asset } from '../generated/client.ts'

export type { Asset } from '../generated/client.ts'

export interface AssetFilter {
  campaignId?: string
  clientId?: string
  type?: string
}

/** What the bytes of an asset turned out to be. */
export interface AssetBytes {
  type: string
  format: string
  contentType: string
  blobHash: string
  size: number
  width: number | null
  height: number | null
  duration: number | null
  thumbnailHash: string | null
}

/** One page of the assets that match, newest first, and how many match in all. */
export async function listAssets(
  db: Db,
  filter: AssetFilter,
  { limit, offset }: { limit: number; offset: number },
): Promise<{ assets: Asset[]; total: number }> {
  const [total, assets] = await Promise.all([
    db.asset.count({ where: filter }),
    db.asset.findMany({
      where: filter,
      orderBy: [{ insertedAt: 'desc' }, { id: 'desc' }],
      take: limit,
      skip: offset,
    }),
  ])
  return { assets, total }
}

/** Every asset of a campaign, in the order in which they were added. */
export function listCampaignAssets(db: Db, campaignId: string): Promise<Asset[]> {
  return db.asset.findMany({ where: { campaignId }, orderBy: [{ insertedAt: 'asc' }, { id: 'asc' }] })
}

/** Null when there is no such asset. */
export function findAsset(db: Db, id: string): Promise<Asset | null> {
  return db.asset.findUnique({ where: { id } })
}

/** @throws when there is no such client or campaign */
export function createAsset(
  db: Db,
  data: Partial<Prisma.AssetUncheckedCreateInput> & { name: string; type: string },
): Promise<Asset> {
  return db.asset.create({ data: { ...data, tags: data.tags ?? [], metadata: data.metadata ?? {} } })
}

/** Gives bytes to an asset that had only a URL; one that has bytes by now keeps them. Null when it is gone. */
export async function storeAssetBytes(db: Db, id: string, bytes: AssetBytes): Promise<Asset | null> {
  await db.asset.updateMany({ where: { id, blobHash: null }, data: bytes })
  return findAsset(db, id)
}
