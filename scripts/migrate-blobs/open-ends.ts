/** The two stores that the command names. */
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { openBlobCache } from '../../storage/blob-cache.ts'
import type { BlobStore } from '../../storage/blob-store.ts'
import { createFileStore, fileStore } from '../../storage/file-store.ts'
import { parseS3Url } from '../../storage/s3/location.ts'
import { createS3Store } from '../../storage/s3/store.ts'

const USAGE =
  'npm run migrate-blobs -- --from <folder or s3:// URL> --to <folder or s3:// URL> [--verify], such as --from .data/blobs --to s3://bucket/prefix'
/** What is copied is read back from where it was sent: nothing may be kept here. */
const KEPT_BYTES = 1

export interface Ends {
  from: BlobStore
  to: BlobStore
  /** Whether what is at the new place already is read and hashed too. */
  verify: boolean
  close(): Promise<void>
}

/** @throws Error with one sentence when an argument is wrong or a store can't be used */
export async function openEnds(args: string[]): Promise<Ends> {
  const { from, to, verify } = parseArgs({
    args,
    options: { from: { type: 'string' }, to: { type: 'string' }, verify: { type: 'boolean', default: false } },
  }).values
  if (!from || !to) throw new Error(`Say both stores: ${USAGE}`)
  const folder = await mkdtemp(path.join(tmpdir(), 'greenlight-migrate-'))
  const opened: BlobStore[] = []
  const close = async () => {
    for (const store of opened) store.close()
    await rm(folder, { recursive: true, force: true })
  }
  const open = async (name: string, what: string) => {
    const store = await openNamed(name, what, path.join(folder, what))
    opened.push(store)
    return store
  }
  try {
    return {
      from: from.startsWith('s3:') ? await open(from, 'from') : await existing(from),
      to: await open(to, 'to'),
      verify,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function openNamed(name: string, what: string, cacheDir: string): Promise<BlobStore> {
  if (!name.startsWith('s3:')) return createFileStore(path.resolve(name))
  let location: ReturnType<typeof parseS3Url>
  try {
    location = parseS3Url(name)
  } catch (error) {
    throw new Error(`--${what} ${(error as Error).message}`)
  }
  const store = createS3Store(location, { cache: await openBlobCache(cacheDir, KEPT_BYTES) })
  await store.check()
  return store
}

/** A mistyped name would else be made, and found to be empty. */
async function existing(name: string): Promise<BlobStore> {
  const found = await stat(name).catch(() => null)
  if (!found?.isDirectory()) throw new Error(`--from names ${name}, which is no folder.`)
  return fileStore(path.resolve(name))
}
