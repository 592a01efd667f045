import type { Db } from '../../prisma/client.ts'
import { findJob, findJobRow, type Job, type JobWithScenes } from '../../prisma/queries/jobs.ts'
import { ApiError } from '../errors.ts'

/** @throws ApiError 404, with the job_id that was asked for */
export async function requireJob(db: Db, jobId: number): Promise<JobWithScenes> {
  return (await findJob(db, jobId)) ?? notFound(jobId)
}

/** The same without its scenes. */
export async function requireJobRow(db: Db, jobId: number): Promise<Job> {
  return (await findJobRow(db, jobId)) ?? notFound(jobId)
}

function notFound(jobId: number): never {
  throw new ApiError(404, 'Job not found', { extra: { job_id: jobId } })
}
