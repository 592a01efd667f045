/** What is computed of photos: once, when they arrive; of those that came before that was done, when a storyboard first needs it. */
import { Semaphore } from 'async-mutex'
import { type PhotoLook, readLook } from '../domain/photo-look.ts'
import { type Asset, keepLooks } from '../prisma/queries/assets.ts'
import type { ActivityDeps } from './deps.ts'
import { inTempFolder } from './temp-folder.ts'

/** As many as there are cores, mostly; more would only make each slower. */
const AT_ONCE = 4

/** @returns by the photo's id; without those that can't be read, of which nothing is known then */
export async function lookAtPhotos(
  deps: Pick<ActivityDeps, 'blobs' | 'db' | 'log' | 'media' | 'tempDir'>,
  photos: Asset[],
  { signal }: { signal: AbortSignal },
): Promise<Map<string, PhotoLook>> {
  const turns = new Semaphore(AT_ONCE)
  const looks = new Map<string, PhotoLook>()
  const fresh: { asset: Asset; look: PhotoLook }[] = []
  const find = async (asset: Asset) => {
    const known = readLook(asset.look)
    const look = known ?? (await turns.runExclusive(() => lookAt(deps, asset, signal)))
    if (!look) return
    looks.set(asset.id, look)
    if (!known) fresh.push({ asset, look })
  }
  await Promise.all(photos.map(find))
  if (fresh.length > 0) await keepLooks(deps.db, fresh)
  return looks
}

/** The thumbnail says as much as the photo, and is read in a hundredth of the time. */
async function lookAt(
  { blobs, media, tempDir, log }: Parameters<typeof lookAtPhotos>[0],
  { id, thumbnailHash, blobHash }: Asset,
  signal: AbortSignal,
): Promise<PhotoLook | null> {
  signal.throwIfAborted()
  const hash = thumbnailHash ?? blobHash
  if (hash === null) return null
  try {
    return await inTempFolder(tempDir, async (folder) =>
      media.photoLook({ input: await blobs.localFile(hash, folder) }),
    )
  } catch (error) {
    log.warn({ assetId: id, err: error }, 'a photo could not be looked at')
    return null
  }
}
