/** Takes in an asset as a request has it: a form with a file, or JSON. */
import type { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { withWorkFolder } from '../../assets/work-folder.ts'
import type { Asset } from '../../prisma/queries/assets.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError } from '../errors.ts'
import { plainRefusals } from '../responses.ts'
import type { ApiEnv } from '../router.ts'
import { addAsset } from './add-asset.ts'
import { type NewAssetForm, readNewAsset } from './new-asset.ts'
import { readUpload } from './read-upload.ts'

/** What a route that makes an asset of a file, of base64 or of a URL may refuse. */
export const newAssetRefusals = plainRefusals({
  400: [
    'No file, one that is no image, video or audio, or a URL that gives none',
    { error: 'Either file upload or source_url must be provided' },
  ],
  404: ['Unknown campaign or client', { error: 'Campaign not found' }],
  413: [
    'The file is larger than MAX_UPLOAD_BYTES',
    { error: 'The body is larger than the 536870912 bytes that are taken', max_bytes: 536_870_912 },
  ],
  422: ['A field is wrong', { error: 'Validation failed', details: { name: ['has more than 255 characters'] } }],
})

/** Both ways, for the OpenAPI document; the library is not to read the body, or it would hold a form in memory. */
const described = {
  required: true,
  content: {
    'application/json': { schema: { $ref: '#/components/schemas/NewAsset' } },
    'multipart/form-data': {
      schema: {
        allOf: [
          { $ref: '#/components/schemas/NewAsset' },
          { type: 'object' as const, properties: { file: { type: 'string' as const, format: 'binary' } } },
        ],
      },
    },
  },
}
/** The same with types for the client, which sends a form. */
export const newAssetBody = described as unknown as {
  required: true
  content: { 'multipart/form-data': { schema: z.ZodType<NewAssetForm, NewAssetForm> } }
}

/** @throws ApiError as the contract has it for POST /assets; nothing is kept then */
export function receiveAsset(c: Context<ApiEnv>, deps: ApiDeps): Promise<Asset> {
  return withWorkFolder(deps.config, async (folder) => {
    const isForm = /^multipart\/form-data\b/i.test(c.req.header('content-type') ?? '')
    if (!isForm) return addAsset(deps, readNewAsset(await readJson(c)), null, folder)
    const { fields, file } = await readUpload(c, folder, deps.config.http.maxUploadBytes)
    return addAsset(deps, readNewAsset(fields), file, folder)
  })
}

async function readJson(c: Context<ApiEnv>): Promise<unknown> {
  const type = c.req.header('content-type')
  if (!type) return {}
  if (!/^application\/([\w.-]+\+)?json\b/i.test(type)) {
    throw new ApiError(400, 'Send the file as multipart/form-data, or its source_url as application/json')
  }
  return c.req.json().catch(() => {
    throw new ApiError(400, 'The body is not valid JSON')
  })
}
