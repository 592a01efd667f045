/** The film that a job has finished. */
import type { JobWithScenes } from '../../prisma/queries/jobs.ts'
import { ApiError } from '../errors.ts'

export const NOT_READY = 'Video not ready - job processing incomplete'

/** @throws ApiError 404 when there is none yet */
export function finishedFilm({ status, videoHash, videoSize }: JobWithScenes): { hash: string; size: number } {
  if (status !== 'completed' || !videoHash || videoSize === null) throw new ApiError(404, NOT_READY)
  return { hash: videoHash, size: videoSize }
}
