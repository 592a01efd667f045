/** A job's film or storyboard in other forms. */
import type { Database } from '../client.ts'
import type { Rendition } from '../generated/client.ts'

export type { Rendition }
export type RenditionKind = 'preview' | 'hls' | 'hls_segments' | 'contact_sheet'

/** @param source the hash of what it is to be made from; null when there is none of that */
export function findRendition(
  db: Database,
  jobId: number,
  kind: RenditionKind,
  source: string,
): Promise<Rendition | null> {
  return db.rendition.findFirst({ where: { jobId, kind, source } })
}

/** Takes the place of the one of that kind. */
export async function saveRendition(
  db: Database,
  { jobId, kind, ...made }: { jobId: number; kind: RenditionKind; source: string; hash: string; size: number },
): Promise<Rendition> {
  return db.rendition.upsert({
    where: { jobId_kind: { jobId, kind } },
    create: { jobId, kind, ...made },
    update: { ...made, insertedAt: new Date() },
  })
}
