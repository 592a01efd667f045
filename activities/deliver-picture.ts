/** Puts a picture where the provider can fetch it, under a URL that only one prediction names. */
import { readFile } from 'node:fs/promises'
import { Context } from '@temporalio/activity'
import { ApplicationFailure } from '@temporalio/common'
import { readAsset } from '../prisma/queries/assets.ts'
import { FAILURES } from '../workflows/contract.ts'
import type { ActivityDeps } from './deps.ts'
import { inTempFolder } from './temp-folder.ts'

export interface Delivered {
  url: string
  /** What the provider's list hands back and only this prediction has. */
  marker: string
}

/** @throws ApplicationFailure when the picture is gone, or can't be fetched from PUBLIC_BASE_URL (worth another try) */
export async function deliverPicture(
  deps: ActivityDeps,
  assetId: string,
  token: string,
  position: number,
): Promise<Delivered> {
  const asset = await readAsset(deps.db, assetId)
  if (!asset?.blobHash || asset.size === null) {
    throw ApplicationFailure.nonRetryable(
      `The picture ${assetId} is not in the store any more. Put another picture into the scene.`,
      FAILURES.picturesUnreachable,
    )
  }
  const { blobHash: hash, size, contentType, name } = asset
  if (deps.config.assetDelivery === 'upload') {
    const url = await inTempFolder(deps.tempDir, async (folder) => {
      // Not openAsBlob: a file that several steps share is marked as used meanwhile, and that ends a process which sends it so.
      const bytes = new Blob([await readFile(await deps.blobs.localFile(hash, folder))])
      return deps.provider.upload({ bytes, name, contentType: contentType ?? 'image/jpeg' })
    })
    return { url, marker: url }
  }
  const url = urlOf(deps, assetId)
  await assertFetchable(deps, url, { hash, size })
  url.searchParams.set('t', token)
  // For people who read the provider's dashboard: which scene this was.
  url.searchParams.set('scene', String(position + 1))
  return { url: url.href, marker: token }
}

const urlOf = ({ config }: ActivityDeps, assetId: string) =>
  new URL(`${config.http.publicBaseUrl}/api/v3/assets/${assetId}/data`)

/**
 * Asks whether pictures can be fetched while the workflow is on its way to the first purchase: the answer counts then. What goes
 * wrong here is noticed there.
 * @param assetId one of the pictures that will be bought with
 */
export async function askAhead(deps: ActivityDeps, assetId: string | null): Promise<void> {
  if (deps.config.assetDelivery === 'upload' || !assetId) return
  const asset = await readAsset(deps.db, assetId).catch(() => null)
  if (!asset?.blobHash || asset.size === null) return
  await problemOf(urlOf(deps, assetId), { hash: asset.blobHash, size: asset.size })
}

/** With the waits between them about ten minutes: longer than a restart, shorter than a wrong setting goes unnoticed. */
const FETCHABLE_TRIES = 15

/** Before money is spent: can the provider fetch the picture from where we send it? */
async function assertFetchable({ blobs }: ActivityDeps, url: URL, picture: Picture): Promise<void> {
  const [kept, served] = await Promise.all([blobs.stat(picture.hash), problemOf(url, picture)])
  const problem = kept ? served : 'one is not in the store'
  if (!problem) return
  throw ApplicationFailure.create({
    type: FAILURES.picturesUnreachable,
    nonRetryable: Context.current().info.attempt >= FETCHABLE_TRIES,
    message: `The provider could not fetch the pictures: ${url.origin} (PUBLIC_BASE_URL) does not serve them, ${problem}. Nothing was bought.`,
  })
}

interface Picture {
  hash: string
  /** Bytes. */
  size: number
}

/** How long a good answer counts. */
const GOOD_FOR_MS = 3_000
/** By origin: who serves one picture serves the others that are in the store. */
const asked = new Map<string, Promise<string | null>>()

/** @returns what is wrong with what is served there; null when it is the picture, or another one was a moment ago */
async function problemOf(url: URL, picture: Picture): Promise<string | null> {
  const underWay = asked.get(url.origin)
  // What is wrong with another picture need not be wrong with this one, of another scene or another client.
  if (underWay && (await underWay) === null) return null
  const forget = () => asked.delete(url.origin)
  const problem = ask(url, picture)
  problem.then((found) => (found ? forget() : setTimeout(forget, GOOD_FOR_MS).unref()), forget)
  asked.set(url.origin, problem)
  return problem
}

function ask(url: URL, { hash, size }: Picture): Promise<string | null> {
  return fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(10_000) }).then(
    ({ ok, status, headers }) => {
      if (!ok) return `it answers ${status}`
      const same = headers.get('etag')?.includes(hash) || headers.get('content-length') === String(size)
      return same ? null : 'it answers with other bytes'
    },
    (error: Error) => (error.cause instanceof Error ? error.cause.message : error.message),
  )
}
