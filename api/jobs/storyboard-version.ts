/** Which version of a storyboard a caller saw, and what is answered when it is another by now. */
import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Job } from '../../prisma/queries/jobs.ts'
import { ApiError } from '../errors.ts'
import { numeric } from '../fields.ts'
import { EXAMPLES } from '../ids.ts'
import { etagHeader } from '../responses.ts'

/** For a body, beside the header. */
export const versionField = numeric(z.number({ error: 'must be a whole number' }).int().positive().optional()).openapi({
  type: 'integer',
  description: 'The storyboard_version that was seen; the header If-Match says the same',
})

export const versionHeader = z.object({
  'if-match': z
    .string()
    .optional()
    .openapi({ description: 'The ETag of the job: its storyboard_version', example: '"3"' }),
})

/** An example of `versionChanged`. */
export const VERSION_CHANGED = {
  error: 'The storyboard has changed in the meantime: read it again, then repeat what you wanted',
  job_id: EXAMPLES.job,
  storyboard_version: 2,
}

/** Describes what `sendVersion` sends. */
export const versionEtag = etagHeader('The storyboard_version, for If-Match', '"1"')

/** Job and storyboard carry the version as their ETag. */
export function sendVersion(c: Context, version: number): void {
  c.header('etag', `"${version}"`)
}

/**
 * Null when the caller does not say.
 * @throws ApiError 400 when If-Match is no version
 */
export function expectedVersion(c: Context, inBody: number | undefined): number | null {
  const header = c.req.header('if-match')?.trim()
  if (!header || header === '*') return inBody ?? null
  const version = /^(?:W\/)?("?)(\d{1,9})\1$/.exec(header)?.[2]
  if (!version) throw new ApiError(400, 'If-Match takes one storyboard_version, such as "3"')
  return Number(version)
}

/** Somebody else was quicker. */
export function versionChanged({ id, storyboardVersion }: Job): ApiError {
  return new ApiError(409, 'The storyboard has changed in the meantime: read it again, then repeat what you wanted', {
    extra: { job_id: id, storyboard_version: storyboardVersion },
  })
}
