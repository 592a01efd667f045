/** The photos that a caller names for a job, in place of all that its campaign has. */
import { z } from '@hono/zod-openapi'
import type { Database } from '../../prisma/client.ts'
import { isShowable, readCampaignAssets } from '../../prisma/queries/assets.ts'
import { ApiError } from '../errors.ts'
import { nullable } from '../fields.ts'
import { EXAMPLES } from '../ids.ts'

const FEWEST = 2
const MOST = 1000

export const chosenPhotosField = nullable(
  z
    .array(z.string().trim().toLowerCase(), { error: 'must be a list of ids' })
    .max(MOST, { error: `names more than ${MOST} photos` })
    .optional(),
).openapi({
  description: 'Images of the campaign, in the order in which the film is to show them; all that it has when absent',
  example: [...EXAMPLES.assets],
})

/**
 * @param named absent for all photos
 * @param pairs that were asked for: who names the photos means these, and none of them again to fill the pairs
 * @throws ApiError 422 that names every id which can't be had, and why; or says that they are too few
 */
export async function requireChosenPhotos(
  db: Database,
  campaignId: string,
  named: string[] | undefined,
  pairs = 0,
): Promise<void> {
  if (!named) return
  const known = new Map((await readCampaignAssets(db, campaignId, named)).map((asset) => [asset.id, asset]))
  const problems = [...new Set(named)].flatMap((id) => {
    const asset = known.get(id)
    if (!asset) return `${id} is no asset of this campaign`
    if (asset.type !== 'image') return `${id} is ${asset.type}, not an image`
    if (!isShowable(asset)) return `${id} has neither bytes nor an address to fetch them from`
    return named.indexOf(id) === named.lastIndexOf(id) ? [] : `${id} is named more than once`
  })
  if (problems.length === 0) problems.push(...whyTooFew(named.length, pairs))
  if (problems.length > 0) throw new ApiError(422, 'Validation failed', { details: { asset_ids: problems } })
}

function whyTooFew(photos: number, pairs: number): string[] {
  const named = photos === 1 ? '1 photo' : `${photos} photos`
  if (photos < FEWEST) return [`name ${named}, and a film needs ${FEWEST} at least`]
  if (photos < pairs) return [`name ${named}, too few for ${pairs} pairs: name more, or ask for fewer (num_pairs)`]
  return []
}
