/** Where somebody wants to be told of a job's events. */
import { checkCallbackUrl } from '../net/callback-url.ts'
import { FetchRefused } from '../net/connect-safely.ts'
import type { ApiDeps } from './deps.ts'
import { ApiError } from './errors.ts'
import { text } from './fields.ts'

export const callbackUrlField = text.openapi({
  type: ['string', 'null'],
  format: 'uri',
  description:
    'An https URL that signed webhooks (Standard Webhooks) are sent to: job.awaiting_approval, job.rejected, ' +
    'job.completed, job.failed, job.canceled',
})

/**
 * @param given undefined leaves it as it is, null or blank clears it
 * @throws ApiError 422 with the reason when it is no URL that may be called
 */
export function readCallbackUrl(
  { allowedPrivateHosts }: Pick<ApiDeps['config'], 'allowedPrivateHosts'>,
  given: string | null | undefined,
): string | null | undefined {
  if (given === undefined) return undefined
  if (!given?.trim()) return null
  try {
    return checkCallbackUrl(given.trim(), allowedPrivateHosts)
  } catch (error) {
    if (!(error instanceof FetchRefused)) throw error
    throw new ApiError(422, 'Validation failed', { details: { callback_url: [error.message] }, cause: error })
  }
}
