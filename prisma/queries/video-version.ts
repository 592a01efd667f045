/** Which film a job shows, counted up whenever another takes its place: what is said of one is not about the next. */
import type { Db } from '../client.ts'
import type { Job } from '../generated/client.ts'

/** From 1; null while there is no film. A retry makes the first one: it goes on where there was none. */
export async function videoVersion(
  db: Db,
  { id: jobId, status, videoHash }: Pick<Job, 'id' | 'status' | 'videoHash'>,
): Promise<number | null> {
  if (status !== 'completed' || !videoHash) return null
  return 1 + (await db.revision.count({ where: { jobId, state: 'completed', kind: { not: 'retry' } } }))
}
