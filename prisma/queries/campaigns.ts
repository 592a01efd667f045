/** Campaigns, as rows. */
import type { Db, Prisma } from '../client.ts'
import type { Campaign } from '../generated/client.ts'

export type { Campaign } from '../generated/client.ts'

/** Newest first; with `clientId`, that client's only. */
export function listCampaigns(db: Db, { clientId }: { clientId?: string } = {}): Promise<Campaign[]> {
  return db.campaign.findMany({ where: { clientId }, orderBy: [{ insertedAt: 'desc' }, { id: 'desc' }] })
}

/** Null when there is no such campaign. */
export function findCampaign(db: Db, id: string): Promise<Campaign | null> {
  return db.campaign.findUnique({ where: { id } })
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
  const { count } = await db.campaign.updateMany({ where: { id }, data })
  return count === 0 ? null : findCampaign(db, id)
}
