/** What a client or a campaign has come to, from the rows. */
import type { Database } from '../client.ts'
import { spentMicroUsd } from './spending.ts'

/** Those whose jobs are counted. */
export type Owner = { clientId: string } | { campaignId: string }

export interface Stats {
  jobCount: number
  /** Completed jobs with a video. */
  videoCount: number
  assetCount: number
  /** Micro-USD; what deleted jobs cost stays in it. */
  spentMicroUsd: number
}

export async function readStats(db: Database, owner: Owner): Promise<Stats> {
  const [jobCount, videoCount, assetCount, spent] = await Promise.all([
    db.job.count({ where: { ...owner, deletedAt: null } }),
    db.job.count({ where: { ...owner, deletedAt: null, status: 'completed', videoHash: { not: null } } }),
    db.asset.count({ where: owner }),
    spentMicroUsd(db, { job: owner }),
  ])
  return { jobCount, videoCount, assetCount, spentMicroUsd: spent }
}

export function countCampaigns(db: Database, clientId: string): Promise<number> {
  return db.campaign.count({ where: { clientId, deletedAt: null } })
}
