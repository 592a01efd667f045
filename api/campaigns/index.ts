/** Campaigns: the photos, the brief and the jobs that belong together. */
import type { ApiDeps } from '../deps.ts'
import { createRouter, type Router } from '../router.ts'
import { createCampaign } from './create-campaign.ts'
import { getCampaign } from './get-campaign.ts'
import { listCampaignAssets } from './list-campaign-assets.ts'
import { listCampaigns } from './list-campaigns.ts'
import { updateCampaign } from './update-campaign.ts'

export function campaignRoutes(deps: ApiDeps): Router {
  const router = createRouter()
  for (const mount of [listCampaigns, createCampaign, getCampaign, updateCampaign, listCampaignAssets]) {
    mount(router, deps)
  }
  return router
}
