import { createRoute, z } from '@hono/zod-openapi'
import { Semaphore } from 'async-mutex'
import type { Context } from 'hono'
import { withWorkFolder } from '../../assets/work-folder.ts'
import type { Asset } from '../../prisma/queries/assets.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError } from '../errors.ts'
import { jsonBody } from '../fields.ts'
import { json, plainRefusals } from '../responses.ts'
import { type ApiEnv, endpoint } from '../router.ts'
import { addAsset } from './add-asset.ts'
import { AssetJson, assetJson } from './asset-json.ts'
import { type NewAsset, NewAssets, readNewAsset } from './new-asset.ts'

/** Of one request; more would only make each slower. */
const DOWNLOADS_AT_ONCE = 4
const MOST = 500
/** Each download has its own limit too; this is for a list of hosts that all answer slowly. */
const MINUTES = 10

const Failure = z.object({
  source: z.string().nullable().openapi({ example: 'https://harbour-homes.example/gone.jpg' }),
  error: z.string().openapi({ example: 'Failed to download from URL: the server answered 404' }),
})

const route = createRoute({
  method: 'post',
  path: '/assets/from-urls',
  tags: ['Assets'],
  summary: 'Create assets of what several URLs give; one that fails does not stop the others',
  description: `At most ${MOST} in one request; what was not fetched within ${MINUTES} minutes is listed as failed.`,
  request: { body: jsonBody(NewAssets) },
  responses: {
    201: json(
      z.object({
        data: z.array(AssetJson),
        meta: z.object({
          created: z.int().openapi({ example: 1 }),
          failed: z.int().openapi({ example: 1 }),
          errors: z.array(Failure),
        }),
      }),
      'The new assets in the order of the request, and what failed',
    ),
    ...plainRefusals({
      400: ['No list of assets', { error: 'assets must be a non-empty array' }],
      422: ['A field is wrong', { error: 'Validation failed', details: { campaign_id: ['must be a string'] } }],
    }),
  },
})

export function createAssetsFromUrls(deps: ApiDeps) {
  return endpoint(route, async (c) => {
    const { assets, ...shared } = c.req.valid('json')
    if (!Array.isArray(assets) || assets.length === 0) throw new ApiError(400, 'assets must be a non-empty array')
    if (assets.length > MOST) {
      const details = { assets: [`has ${assets.length} entries: send ${MOST} at most in one request`] }
      throw new ApiError(422, 'Validation failed', { details })
    }
    const downloads = new Semaphore(DOWNLOADS_AT_ONCE)
    const signal = endOf(c)
    const addNext = (item: unknown) => downloads.runExclusive(() => addOne(deps, item, shared, signal))
    const results = await Promise.all(assets.map(addNext))
    const data = results.flatMap((result) => ('asset' in result ? [assetJson(result.asset)] : []))
    const errors = results.flatMap((result) => ('error' in result ? [result] : []))
    return c.json({ data, meta: { created: data.length, failed: errors.length, errors } }, 201)
  })
}

/** A caller that named an Idempotency-Key may leave, and come back for the answer. */
function endOf({ env, req }: Context<ApiEnv>): AbortSignal {
  const late = AbortSignal.timeout(MINUTES * 60_000)
  return env.repeat ? late : AbortSignal.any([late, req.raw.signal])
}

type Shared = Omit<z.infer<typeof NewAssets>, 'assets'>

/** @param item a URL, or an object with one */
async function addOne(
  deps: ApiDeps,
  item: unknown,
  shared: Shared,
  signal: AbortSignal,
): Promise<{ asset: Asset } | z.infer<typeof Failure>> {
  let source: string | null = null
  try {
    const own = readNewAsset(typeof item === 'string' ? { source_url: item } : item)
    source = own.source_url || null
    if (!source) throw new ApiError(400, 'source_url is required')
    signal.throwIfAborted()
    const fields = { ...shared, ...withoutAbsent(own), blob_data: null }
    return { asset: await withWorkFolder(deps.config, (folder) => addAsset(deps, fields, null, folder, signal)) }
  } catch (error) {
    if (signal.aborted) return { source, error: `It was not fetched within ${MINUTES} minutes: send it again` }
    if (!(error instanceof ApiError)) throw error
    return { source, error: inOneSentence(error) }
  }
}

function withoutAbsent(fields: NewAsset): NewAsset {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

function inOneSentence({ message, options }: ApiError): string {
  const wrong = Object.entries(options.details ?? {}).map(([field, reasons]) => `${field} ${reasons.join(', ')}`)
  const reasons = [...wrong, ...(options.extra?.reason ? [String(options.extra.reason)] : [])]
  return [message, ...reasons].join(': ')
}
