/** Which rows name which blobs: the one place that knows every column with a hash. */
import type { Database } from '../client.ts'

/** Those of `hashes` that a row still names. Blobs are named by their content, so many rows may share one. */
export async function referencedHashes(db: Database, hashes: string[]): Promise<Set<string>> {
  const among = { in: hashes }
  const [assets, jobs, scenes, segments, takes, revisions, renditions, transitions] = await Promise.all([
    db.asset.findMany({
      where: { OR: [{ blobHash: among }, { thumbnailHash: among }] },
      select: { blobHash: true, thumbnailHash: true },
    }),
    db.job.findMany({
      where: {
        OR: [
          { videoHash: among },
          { stitchedHash: among },
          { stitchedSoundHash: among },
          { thumbnailHash: among },
          { audioHash: among },
        ],
      },
      select: { videoHash: true, stitchedHash: true, stitchedSoundHash: true, thumbnailHash: true, audioHash: true },
    }),
    db.scene.findMany({
      where: { OR: [{ clipHash: among }, { clipThumbnailHash: among }, { voiceHash: among }] },
      select: { clipHash: true, clipThumbnailHash: true, voiceHash: true },
    }),
    db.audioSegment.findMany({
      where: { OR: [{ blobHash: among }, { tailHash: among }] },
      select: { blobHash: true, tailHash: true },
    }),
    db.take.findMany({
      where: { OR: [{ clipHash: among }, { thumbnailHash: among }] },
      select: { clipHash: true, thumbnailHash: true },
    }),
    db.revision.findMany({
      where: {
        OR: [
          { stitchedHash: among },
          { stitchedSoundHash: among },
          { videoHash: among },
          { thumbnailHash: among },
          { audioHash: among },
        ],
      },
      select: { stitchedHash: true, stitchedSoundHash: true, videoHash: true, thumbnailHash: true, audioHash: true },
    }),
    db.rendition.findMany({ where: { hash: among }, select: { hash: true } }),
    db.renderedTransition.findMany({ where: { blobHash: among }, select: { blobHash: true } }),
  ])
  const rows = [...assets, ...jobs, ...scenes, ...segments, ...takes, ...revisions, ...renditions, ...transitions]
  return new Set(rows.flatMap(namedHashes))
}

/** The hashes that a row holds, of rows or of parts of them that hold nothing else. */
export function namedHashes(row: Record<string, string | null>): string[] {
  return Object.values(row).filter((hash): hash is string => hash !== null)
}
