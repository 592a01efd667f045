/** Assets, as rows; their bytes are in the blob store. */
import type { PhotoLook } from '../../domain/photo-look.ts'
import { type Database, type Db, Prisma } from '../client.ts'
import type { Asset } from '../generated/client.ts'
import { columnsOf, statements } from '../statements.ts'
import type { Page } from './clients.ts'

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
  /** Of an image. */
  look?: PhotoLook
}

const COLUMNS = columnsOf(Prisma.AssetScalarFieldEnum)

/** For a scene's purchase, whose pictures are read again and again; null when it is gone. */
export async function readAsset(db: Database, id: string): Promise<Asset | null> {
  const [asset] = await statements(db).$queryRaw<Asset[]>(Prisma.sql`SELECT ${COLUMNS} FROM "Asset" WHERE "id" = ${id}`)
  return asset ?? null
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

/** The assets of a campaign, in the order in which they were added, and how many there are in all. */
export async function listCampaignAssets(
  db: Db,
  campaignId: string,
  { limit, offset }: Page = {},
): Promise<{ assets: Asset[]; total: number }> {
  const where = { campaignId }
  const [total, assets] = await Promise.all([
    db.asset.count({ where }),
    db.asset.findMany({ where, orderBy: [{ insertedAt: 'asc' }, { id: 'asc' }], take: limit, skip: offset }),
  ])
  return { assets, total }
}

/** Whether a film can show it, once it is an image: its bytes are here, or can be fetched from where it came. */
export const isShowable = ({ blobHash, sourceUrl }: Asset) => blobHash !== null || sourceUrl !== null

const showableOf = (campaignId: string) => ({
  campaignId,
  type: 'image',
  OR: [{ blobHash: { not: null } }, { sourceUrl: { not: null } }],
})

/** The images of a campaign that a film can show, in the order in which they were added. */
export function listCampaignImages(db: Db, campaignId: string): Promise<Asset[]> {
  return db.asset.findMany({ where: showableOf(campaignId), orderBy: [{ insertedAt: 'asc' }, { id: 'asc' }] })
}

export function countCampaignImages(db: Db, campaignId: string): Promise<number> {
  return db.asset.count({ where: showableOf(campaignId) })
}

/** Those of a campaign's assets that have one of these ids. */
export function readCampaignAssets(db: Db, campaignId: string, ids: string[]): Promise<Asset[]> {
  return db.asset.findMany({ where: { campaignId, id: { in: ids } } })
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

/** Keeps what was computed of images; it changes nothing that anybody sees, so none counts as updated. */
export async function keepLooks(db: Database, looks: { asset: Asset; look: PhotoLook }[]): Promise<void> {
  await db.$transaction(async (tx) => {
    for (const { asset, look } of looks) {
      await tx.asset.updateMany({ where: { id: asset.id }, data: { look, updatedAt: asset.updatedAt } })
    }
  })
}

const WITHOUT_BYTES = { blobHash: null, sourceUrl: { not: null } }

/** How many assets have only a URL. */
export function countAssetsWithoutBytes(db: Db): Promise<number> {
  return db.asset.count({ where: WITHOUT_BYTES })
}

/** Their ids in a fixed order, from the one after `after` on. */
export async function idsWithoutBytes(
  db: Db,
  { after, take }: { after: string | null; take: number },
): Promise<string[]> {
  const where = after === null ? WITHOUT_BYTES : { ...WITHOUT_BYTES, id: { gt: after } }
  const rows = await db.asset.findMany({ where, orderBy: { id: 'asc' }, select: { id: true }, take })
  return rows.map(({ id }) => id)
}

/**
 * Notes that the backfill fetched an asset's bytes, in its row and, as the old system did, in its metadata; once.
 * @param size bytes
 */
export async function markBackfilled(db: Database, id: string, size: number): Promise<void> {
  await db.$transaction(async (tx) => {
    const asset = await tx.asset.findUnique({ where: { id } })
    if (!asset || asset.blobBackfilledAt) return
    const at = new Date()
    const known = asset.metadata as Prisma.InputJsonObject
    const metadata = { ...known, blob_backfilled_at: at.toISOString(), blob_size_bytes: size }
    await tx.asset.update({ where: { id }, data: { blobBackfilledAt: at, metadata } })
  })
}
