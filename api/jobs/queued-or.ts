import type { Job } from '../../prisma/queries/jobs.ts'
import type { Queued, Revision } from '../../prisma/queries/revisions.ts'
import { ApiError } from '../errors.ts'

/** @throws ApiError 404, or 422 with `refusal` and the reason */
export function queuedOr(queued: Queued, { id, status }: Job, refusal: string): Revision {
  if (queued.outcome === 'queued') return queued.revision
  if (queued.outcome === 'unknown') throw new ApiError(404, 'Job not found', { extra: { job_id: id } })
  throw new ApiError(422, refusal, { extra: { job_id: id, current_status: status, reason: queued.reason } })
}
