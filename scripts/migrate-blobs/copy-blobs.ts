/** Copies every blob from one store to another. */
import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { BlobDamaged, BlobNotFound, type BlobStore, type StoredBlob } from '../../storage/blob-store.ts'
import { hashFile } from '../../storage/hashed-file.ts'

const AT_ONCE = 4

export interface CopyReport {
  copied: number
  copiedBytes: number
  /** At the new place already, with the same size. */
  there: number
  /** What is damaged or gone, each in a sentence. */
  failures: string[]
}

/**
 * What is copied is hashed before it is sent, and read back and hashed afterwards; what the new place has already is compared
 * by its size, for it came there whole. It may be run again after whatever ended it, and while Greenlight uses the old place.
 * @param verify whether what is there already is read and hashed too, and sent again when it is damaged
 * @throws BlobStoreDown, or whatever else keeps it from copying anything
 */
export async function copyBlobs(
  from: BlobStore,
  to: BlobStore,
  { verify, report }: { verify: boolean; report: CopyReport },
): Promise<void> {
  const blobs = from.list()[Symbol.asyncIterator]()
  // Ends the others too, each after what it is at.
  let broken: unknown
  const worker = async () => {
    for (let next = await blobs.next(); !next.done && !broken; next = await blobs.next()) {
      const blob = next.value
      try {
        await copyOne(from, to, blob, { verify, report })
      } catch (error) {
        if (error instanceof BlobDamaged || error instanceof BlobNotFound) report.failures.push(error.message)
        else broken ??= error
      }
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker))
  broken ??= ends.find((end) => end.status === 'rejected')?.reason
  if (broken) throw broken
}

async function copyOne(
  from: BlobStore,
  to: BlobStore,
  { hash, size }: StoredBlob,
  { verify, report }: { verify: boolean; report: CopyReport },
): Promise<void> {
  const found = await to.stat(hash)
  if (found?.size === size && (!verify || (await isGenuine(to, hash)))) {
    report.there++
    return
  }
  await inFolder(async (folder) => {
    const file = await from.localFile(hash, folder)
    // Under another name it would be at the new place for good.
    if ((await hashFile(file)).hash !== hash) throw new BlobDamaged(hash, 'its bytes have another SHA-256')
    await to.put(createReadStream(file))
  })
  if (!(await isGenuine(to, hash))) throw new BlobDamaged(hash, 'what the new place gives back has another SHA-256')
  report.copied++
  report.copiedBytes += size
}

/** Reads a blob, all of it. */
function isGenuine(store: BlobStore, hash: string): Promise<boolean> {
  return inFolder(async (folder) => {
    try {
      return (await hashFile(await store.localFile(hash, folder))).hash === hash
    } catch (error) {
      if (error instanceof BlobDamaged) return false
      throw error
    }
  })
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'greenlight-copy-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
