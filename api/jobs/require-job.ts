import type { Database } from '../../prisma/client.ts'
import { findJob, type JobWithScenes } from '../../prisma/queries/jobs.ts'
import { ApiError } from '../errors.ts'

/** @throws ApiError 404, with the job_id that was asked for */
export async function requireJob(db: Database, jobId: number): Promise<JobWithScenes> {
  const job = await findJob(db, jobId)
  if (!job) throw new ApiError(404, 'Job not found', { extra: { job_id: jobId } })
  return job
}
