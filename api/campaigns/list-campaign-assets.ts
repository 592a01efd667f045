import { createRoute, z } from '@hono/zod-openapi'
import { type Asset, listCampaignAssets as readAssets } from '../../prisma/queries/assets.ts'
import { findCampaign } from '../../prisma/queries/campaigns.ts'
import type { ApiDeps } from '../deps.ts'
import { found } from '../errors.ts'
import { optionalPaging, uuidParam } from '../fields.ts'
import { assetId, campaignId } from '../ids.ts'
import { codedRefusals, json, timestamp, total } from '../responses.ts'
import { endpoint } from '../router.ts'

/** Shorter than the asset itself, and in snake_case: the two have always differed. */
const CampaignAssetJson = z
  .object({
    id: assetId,
    type: z.enum(['image', 'video', 'audio']),
    campaign_id: campaignId,
    source_url: z.string().nullable().openapi({ example: 'https://harbour-homes.example/kitchen.jpg' }),
    metadata: z.unknown().openapi({ description: 'An object', example: { room: 'kitchen' } }),
    has_blob_data: z.boolean().openapi({ example: true }),
    inserted_at: timestamp,
    updated_at: timestamp,
  })
  .openapi('CampaignAsset')

const CampaignAssets = z.object({
  data: z.array(CampaignAssetJson),
  meta: z.object({ campaign_id: campaignId, total }),
})

const route = createRoute({
  method: 'get',
  path: '/campaigns/{id}/assets',
  tags: ['Campaigns', 'Assets'],
  summary: "A campaign's assets, in the order in which they were added",
  request: { params: z.object({ id: uuidParam('Campaign') }), query: z.object(optionalPaging) },
  responses: {
    200: json(CampaignAssets, 'The assets'),
    ...codedRefusals({ 400: 'A parameter is wrong', 404: 'Campaign not found' }),
  },
})

export function listCampaignAssets({ db }: ApiDeps) {
  return endpoint(route, async (c) => {
    const campaign = found(await findCampaign(db, c.req.valid('param').id), 'Campaign')
    const { assets, total } = await readAssets(db, campaign.id, c.req.valid('query'))
    const data = assets.map((asset) => campaignAssetJson(asset, campaign.id))
    return c.json({ data, meta: { campaign_id: campaign.id, total } }, 200)
  })
}

function campaignAssetJson(asset: Asset, campaignId: string): z.infer<typeof CampaignAssetJson> {
  return {
    id: asset.id,
    type: asset.type as z.infer<typeof CampaignAssetJson>['type'],
    campaign_id: campaignId,
    source_url: asset.sourceUrl,
    metadata: asset.metadata,
    has_blob_data: asset.blobHash !== null,
    inserted_at: asset.insertedAt.toISOString(),
    updated_at: asset.updatedAt.toISOString(),
  }
}
