/** Makes an asset of a file that was uploaded, sent as base64, or named by a URL. */
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { downloadSource } from '../../assets/download-source.ts'
import { type IncomingFile, storeFile } from '../../assets/store-file.ts'
import { UnusableFile } from '../../assets/unusable-file.ts'
import { FetchRefused } from '../../net/fetch-safely.ts'
import { type Asset, createAsset } from '../../prisma/queries/assets.ts'
import { findCampaign } from '../../prisma/queries/campaigns.ts'
import { findClient } from '../../prisma/queries/clients.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError, found, tooLarge } from '../errors.ts'
import { jsonObject } from '../json-column.ts'
import { checkType, type NewAsset } from './new-asset.ts'

/**
 * @param uploaded the file when it came with the request; else it comes from `blob_data` or `source_url`
 * @param folder where files may be written
 * @param signal stops the download
 * @throws ApiError when it has no file, an unusable one, or an owner that does not exist
 */
export async function addAsset(
  deps: ApiDeps,
  fields: NewAsset,
  uploaded: IncomingFile | null,
  folder: string,
  signal?: AbortSignal,
): Promise<Asset> {
  checkType(fields.type)
  await findOwner(deps.db, fields)
  const file = uploaded ?? (await bring(deps.config, fields, folder, signal))
  try {
    const bytes = await storeFile(deps, file, folder)
    return await createAsset(deps.db, {
      ...bytes,
      // A download takes minutes, in which the campaign may be deleted or given to another client.
      ...(await findOwner(deps.db, fields)),
      userId: fields.user_id,
      name: fields.name || cleanName(file.name) || `${bytes.type}.${bytes.format}`,
      description: fields.description,
      tags: fields.tags ?? undefined,
      metadata: jsonObject(fields.metadata),
      sourceUrl: fields.source_url || null,
    })
  } catch (error) {
    if (!(error instanceof UnusableFile)) throw error
    throw new ApiError(400, 'Invalid file format', { extra: { reason: error.message }, cause: error })
  }
}

async function findOwner(db: ApiDeps['db'], { campaign_id, client_id }: NewAsset) {
  const campaign = campaign_id ? found(await findCampaign(db, campaign_id), 'Campaign') : null
  const client = client_id ? found(await findClient(db, client_id), 'Client') : null
  if (campaign && client && campaign.clientId !== client.id) {
    throw new ApiError(422, 'Validation failed', { details: { client_id: ["is not the campaign's client"] } })
  }
  return { campaignId: campaign?.id ?? null, clientId: campaign?.clientId ?? client?.id ?? null }
}

async function bring(
  config: ApiDeps['config'],
  fields: NewAsset,
  folder: string,
  signal?: AbortSignal,
): Promise<IncomingFile> {
  if (fields.blob_data) return writeBase64(fields.blob_data, folder, config.http.maxUploadBytes)
  if (!fields.source_url) throw new ApiError(400, 'Either file upload or source_url must be provided')
  try {
    return await downloadSource(config, fields.source_url, folder, signal)
  } catch (error) {
    if (!(error instanceof FetchRefused)) throw error
    throw new ApiError(400, 'Failed to download from URL', { extra: { reason: error.message }, cause: error })
  }
}

async function writeBase64(text: string, folder: string, maxBytes: number): Promise<IncomingFile> {
  const base64 = text.replace(/^data:[^,]{0,200};base64,/, '')
  // Looked for, not matched as a whole: an expression that matches megabytes overflows its stack.
  if (base64.trim() === '' || /[^\w+/\s=-]|=[^\s=]/.test(base64)) {
    throw new ApiError(422, 'Validation failed', { details: { blob_data: ['is not base64'] } })
  }
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.byteLength > maxBytes) throw tooLarge(maxBytes)
  const file = { path: path.join(folder, 'decoded'), name: '' }
  await writeFile(file.path, bytes)
  return file
}

/** A file name is shown and sent in a header, never used as a path. */
function cleanName(name: string): string {
  return name
    .replace(/\p{Cc}/gu, '')
    .trim()
    .slice(0, 255)
    .toWellFormed()
}
