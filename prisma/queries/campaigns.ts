/** Campaigns, as rows. Deleted ones are hidden. */
import { type Database, type Db, Prisma } from '../client.ts'
import type { Campaign, Client } from '../generated/client.ts'
import { statements } from '../statements.ts'
import { changesSomething, type Page } from './clients.ts'

export type { Campaign } from '../generated/client.ts'

/**
 * Where the brand of a scene's words stands, which is asked for with every scene.
 * @throws when there is no such campaign or client
 */
export async function readGuidelines(
  db: Database,
  { clientId, campaignId }: { clientId: string; campaignId: string },
): Promise<Pick<Client, 'brandGuidelines'> & Pick<Campaign, 'metadata'>> {
  const [row] = await statements(db).$queryRaw<(Pick<Client, 'brandGuidelines'> & Pick<Campaign, 'metadata'>)[]>(
    Prisma.sql`SELECT "Client"."brandGuidelines", "Campaign"."metadata" FROM "Client", "Campaign"
      WHERE "Client"."id" = ${clientId} AND "Campaign"."id" = ${campaignId}`,
  )
  if (!row) throw new Error(`There is no campaign ${campaignId} or no client ${clientId}.`)
  return row
}

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

export type CampaignUpdate =
  | { outcome: 'updated'; campaign: Campaign }
  | { outcome: 'unknown' }
  /** `jobs`: ids of those that keep it with its client. */
  | { outcome: 'needed'; jobs: number[] }

/**
 * Changes the fields that are given, which may be none. To another client it moves with its assets, unless it has jobs:
 * what they cost stands in the figures of the client for whom they were made.
 * @throws when there is no client `data.clientId`
 */
export function updateCampaign(
  db: Database,
  id: string,
  data: Prisma.CampaignUncheckedUpdateManyInput & { clientId?: string },
): Promise<CampaignUpdate> {
  return db.$transaction(async (tx) => {
    const before = await findCampaign(tx, id)
    if (!before) return { outcome: 'unknown' }
    const { clientId } = data
    if (clientId !== undefined && clientId !== before.clientId) {
      const jobs = await tx.job.findMany({
        where: { campaignId: id, deletedAt: null },
        select: { id: true },
        orderBy: { id: 'asc' },
      })
      if (jobs.length > 0) return { outcome: 'needed', jobs: jobs.map((job) => job.id) }
      await tx.asset.updateMany({ where: { campaignId: id }, data: { clientId } })
    }
    if (changesSomething(data)) await tx.campaign.updateMany({ where: { id }, data })
    return { outcome: 'updated', campaign: await tx.campaign.findUniqueOrThrow({ where: { id } }) }
  })
}
