/** Campaigns, as rows. Deleted ones are hidden. */
import type { Db, Prisma } from '../client.ts'
import type { Campaign } from '../generated/client.ts'
import type { Page } from './clients.ts'

export type { Campaign } from '../generated/client.ts'

/** Newest first, and how many there are in all; with `clientId`, that client's only. */
export async function listCampaigns(
  db: Db,
  { clientId, limit, offset }: Page & { clientId?: string } = {},
): Promise<{ campaigns: Campaign[]; total: number }> {
  const where = { clientId, deletedAt: null }
  const [total, campaigns] = await Promise.all([
    db.campaign.count({ where }),
    db.campaign.findMany({ where, orderBy: [{ insertedAt: 'desc' }, { id: 'desc' }], take: limit, skip: offset }),
  ])
  return { campaigns, total }
}

/** Null when there is no such campaign. */
export function findCampaign(db: Db, id: string): Promise<Campaign | null> {
  return db.campaign.findUnique({ where: { id, deletedAt: null } })
}

/** @throws when there is no client `data.clientId` */
export function createCampaign(
  db: Db,
  data: Partial<Prisma.CampaignUncheckedCreateInput> & { name: string; clientId: string },
): Promise<Campaign> {
  return db.campaign.create({ data: { ...data, metadata: data.metadata ?? {} } })
}

/**
 * Changes the fields that are given; null when there is no such campaign.
 * @throws when there is no client `data.clientId`
 */
export async function updateCampaign(
  db: Db,
  id: string,
  data: Prisma.CampaignUncheckedUpdateManyInput,
): Promise<Campaign | null> {
  const { count } = await db.campaign.updateMany({ where: { id, deletedAt: null }, data })
  return count === 0 ? null : findCampaign(db, id)
}
