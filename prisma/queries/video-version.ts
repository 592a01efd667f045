/** Which film a job shows, counted up whenever another takes its place: what is said of one is not about the next. */
import type { Db } from '../client.ts'
import type { Job } from '../generated/client.ts'

const films = (jobId: number) => ({ jobId, state: 'completed', kind: { not: 'retry' } })

/** From 1; null while there is no film. A retry makes the first one: it goes on where there was none. */
export async function videoVersion(
  db: Db,
  { id: jobId, status, videoHash }: Pick<Job, 'id' | 'status' | 'videoHash'>,
): Promise<number | null> {
  if (status !== 'completed' || !videoHash) return null
  return 1 + (await db.revision.count({ where: films(jobId) }))
}

/** An earlier film of the job; null for one that is not kept, which is the first once another took its place. */
export async function filmOfVersion(
  db: Db,
  jobId: number,
  version: number,
): Promise<{ hash: string; size: number } | null> {
  if (version < 2) return null
  const revision = await db.revision.findFirst({
    where: films(jobId),
    orderBy: { number: 'asc' },
    skip: version - 2,
    select: { videoHash: true, videoSize: true },
  })
  if (!revision?.videoHash || revision.videoSize === null) return null
  return { hash: revision.videoHash, size: revision.videoSize }
}
