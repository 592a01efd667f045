/** What was made of a job's photos when its storyboard was written. */
import type { PhotoNote } from '../../domain/storyboard.ts'
import type { Db, Prisma } from '../client.ts'
import type { JobPhoto } from '../generated/client.ts'

export type { JobPhoto } from '../generated/client.ts'

export async function keepJobPhotos(tx: Prisma.TransactionClient, jobId: number, notes: PhotoNote[]): Promise<void> {
  if (notes.length === 0) return
  await tx.jobPhoto.createMany({
    data: notes.map(({ id, ...note }, position) => ({ jobId, assetId: id, position, ...note })),
  })
}

/** In their order. */
export function listJobPhotos(db: Db, jobId: number): Promise<JobPhoto[]> {
  return db.jobPhoto.findMany({ where: { jobId }, orderBy: { position: 'asc' } })
}

/** A copy has the storyboard, and so what is told of it. */
export async function copyJobPhotos(tx: Prisma.TransactionClient, from: number, to: number): Promise<void> {
  const photos = await listJobPhotos(tx, from)
  if (photos.length > 0) await tx.jobPhoto.createMany({ data: photos.map((photo) => ({ ...photo, jobId: to })) })
}
