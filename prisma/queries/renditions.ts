/** A job's film or storyboard in other forms. */
import type { Database } from '../client.ts'
import type { Rendition } from '../generated/client.ts'

export type { Rendition }
export type RenditionKind = 'preview' | 'hls' | 'hls_segments' | 'contact_sheet'

/** @param source the hash of what it is made from: one of another is none */
export function findRendition(
  db: Database,
  jobId: number,
  kind: RenditionKind,
  source: string,
): Promise<Rendition | null> {
  return db.rendition.findFirst({ where: { jobId, kind, source } })
}

export interface NewRendition {
  kind: RenditionKind
  source: string
  hash: string
  /** Bytes. */
  size: number
}

/**
 * Puts them, all of one making, in the place of those of their kinds; not once the job is deleted, or the bytes would stay
 * for ever: nothing names them then.
 */
export async function saveRenditions(db: Database, jobId: number, made: NewRendition[]): Promise<void> {
  await db.$transaction(async (tx) => {
    const job = await tx.job.findUnique({ where: { id: jobId, deletedAt: null }, select: { id: true } })
    if (!job) return
    for (const { kind, ...form } of made) {
      await tx.rendition.upsert({
        where: { jobId_kind: { jobId, kind } },
        create: { jobId, kind, ...form },
        update: { ...form, insertedAt: new Date() },
      })
    }
  })
}
