/** A job's photos: its campaign's images, or those of them that it names. Of an import those are fetched that have only their URL so far. */
import { Semaphore } from 'async-mutex'
import { fetchAssetBytes, SourceIsDead } from '../assets/fetch-asset-bytes.ts'
import { type Asset, listCampaignImages } from '../prisma/queries/assets.ts'
import type { ActivityDeps } from './deps.ts'

/** Each may take a large picture apart; more would only make each slower. */
const AT_ONCE = 4
/** Well inside the time that writing a storyboard has. What did not come by then is left to the backfill. */
const SECONDS = 90

export interface JobPhotos {
  /** In the order in which the job names them, else in that in which they were added. */
  photos: Asset[]
  /** What a storyboard has to do without, and why. */
  missing: { id: string; name: string; reason: string }[]
}

/** What is fetched is kept at once, so a call that dies is gone on with by the next. */
export async function fetchPhotos(
  deps: ActivityDeps,
  { campaignId, assetIds }: { campaignId: string; assetIds?: string[] },
  { signal, seconds = SECONDS }: { signal: AbortSignal; seconds?: number },
): Promise<JobPhotos> {
  const all = await listCampaignImages(deps.db, campaignId)
  const images = assetIds ? inOrder(all, assetIds) : all
  const downloads = new Semaphore(AT_ONCE)
  const ended = endOf(AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)]))
  const results = await Promise.all(
    images.map((image) =>
      image.blobHash === null ? downloads.runExclusive(() => fetchPhoto(deps, image, ended)) : image,
    ),
  )
  signal.throwIfAborted()
  const unfetched = images.flatMap(({ id, name }, index) => {
    const reason = results[index]
    return typeof reason === 'string' ? [{ id, name, reason }] : []
  })
  const missing = [...unfetched, ...goneOf(images, assetIds)]
  // Nobody erases a client's words from a log.
  if (missing.length > 0) {
    deps.log.warn({ campaignId, missing: missing.map(({ id }) => id) }, 'images of a campaign could not be fetched')
  }
  return { photos: results.filter((result) => typeof result !== 'string'), missing }
}

function inOrder(images: Asset[], ids: string[]): Asset[] {
  const byId = new Map(images.map((image) => [image.id, image]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}

/** What was deleted since the job was created. */
function goneOf(images: Asset[], named: string[] = []): JobPhotos['missing'] {
  const there = new Set(images.map(({ id }) => id))
  return named.filter((id) => !there.has(id)).map((id) => ({ id, name: id, reason: 'It was deleted.' }))
}

const LATE = 'It was not fetched in time: npm run backfill fetches it.'

/** @returns why not, when it can't be had. A download that is late goes on: others may wait for it too. */
async function fetchPhoto(deps: ActivityDeps, image: Asset, ended: Ended): Promise<Asset | string> {
  if (ended.yet()) return LATE
  try {
    const photo = await Promise.race([fetchAssetBytes(deps, image), ended.once])
    if (!photo) return LATE
    return photo.type === 'image' ? photo : `It is ${photo.type}, not an image.`
  } catch (error) {
    if (error instanceof SourceIsDead) return error.message
    throw error
  }
}

interface Ended {
  yet: () => boolean
  once: Promise<null>
}

function endOf(signal: AbortSignal): Ended {
  const once = new Promise<null>((resolve) => signal.addEventListener('abort', () => resolve(null), { once: true }))
  return { yet: () => signal.aborted, once }
}
