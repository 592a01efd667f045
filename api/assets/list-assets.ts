import { createRoute, z } from '@hono/zod-openapi'
import { listAssets as readAssets } from '../../prisma/queries/assets.ts'
import type { ApiDeps } from '../deps.ts'
import { campaignFilter, clientFilter, ownerFilter, paging } from '../fields.ts'
import { json, plainRefusals, shownLimit, shownOffset, total } from '../responses.ts'
import { endpoint } from '../router.ts'
import { ASSET_TYPES, AssetJson, assetJson } from './asset-json.ts'

const Filters = z.object({
  ...campaignFilter,
  ...clientFilter,
  type: z.preprocess(
    (type: string | undefined) => type || undefined,
    z.enum(ASSET_TYPES, { error: 'must be image, video or audio' }).optional(),
  ),
  ...paging,
})
const Page = z.object({
  data: z.array(AssetJson),
  meta: z.object({ total, limit: shownLimit, offset: shownOffset }),
})

const route = createRoute({
  method: 'get',
  path: '/assets',
  tags: ['Assets'],
  summary: 'Assets, newest first',
  request: { query: Filters },
  responses: { 200: json(Page, 'One page of those that match'), ...plainRefusals({ 400: 'A filter is wrong' }) },
})

export function listAssets({ db }: ApiDeps) {
  return endpoint(route, async (c) => {
    const { type, limit, offset, ...query } = c.req.valid('query')
    const filter = { ...ownerFilter(query), type }
    const { assets, total } = await readAssets(db, filter, { limit, offset })
    return c.json({ data: assets.map(assetJson), meta: { total, limit, offset } }, 200)
  })
}
