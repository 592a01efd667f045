/** What of brand guidelines shows in a job's films. */
import { type Brand, joinBrands, readBrand } from '../domain/brand.ts'
import { readGuidelines } from '../prisma/queries/campaigns.ts'
import type { Job } from '../prisma/queries/jobs.ts'
import type { ActivityDeps } from './deps.ts'

/** The client's, with what the campaign's metadata says otherwise. */
export async function brandOf(
  { db, log }: Pick<ActivityDeps, 'db' | 'log'>,
  { id, clientId, campaignId }: Pick<Job, 'id' | 'clientId' | 'campaignId'>,
): Promise<Brand> {
  const { metadata, brandGuidelines } = await readGuidelines(db, { clientId, campaignId })
  const own = readBrand((metadata as { brand_guidelines?: unknown } | null)?.brand_guidelines)
  const otherwise = readBrand(brandGuidelines)
  const unread = [...own.unread, ...otherwise.unread]
  if (unread.length > 0) log.info({ jobId: id, unread }, 'parts of the brand guidelines can not be read')
  return joinBrands(own.brand, otherwise.brand)
}
