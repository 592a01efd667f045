/** Campaigns: the photos, the brief and the jobs that belong together. */
import type { ApiDeps } from '../deps.ts'
import { createCampaign } from './create-campaign.ts'
import { deleteCampaign } from './delete-campaign.ts'
import { getCampaign } from './get-campaign.ts'
import { getCampaignStats } from './get-campaign-stats.ts'
import { listCampaignAssets } from './list-campaign-assets.ts'
import { listCampaigns } from './list-campaigns.ts'
import { updateCampaign } from './update-campaign.ts'

export function campaignRoutes(deps: ApiDeps) {
  return [
    listCampaigns(deps),
    createCampaign(deps),
    getCampaign(deps),
    ...updateCampaign(deps),
    deleteCampaign(deps),
    listCampaignAssets(deps),
    getCampaignStats(deps),
  ] as const
}
