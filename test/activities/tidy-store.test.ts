import { mkdir, utimes } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { type ActivityBench, startActivityBench } from './activity-bench.ts'

let bench: ActivityBench
afterEach(() => bench.stop())

async function* bytes(text: string) {
  yield Buffer.from(text)
}

it('removes old bytes that no row names, and keeps what one names or what is new', async () => {
  bench = await startActivityBench()
  const { blobs, db, config, tempDir } = bench
  const [named, orphan, fresh] = await Promise.all(['named', 'orphan', 'fresh'].map((text) => blobs.put(bytes(text))))
  const longAgo = new Date(Date.now() - 48 * 60 * 60_000)
  for (const blob of [named, orphan]) {
    await utimes(await blobs.localFile(blob?.hash ?? '', tempDir), longAgo, longAgo)
  }
  await db.asset.create({
    data: { name: 'photo', type: 'image', tags: [], metadata: {}, blobHash: named?.hash, size: named?.size },
  })
  for (const folder of ['tmp', 'incoming']) {
    await mkdir(path.join(config.dataDir, folder, '999999999-left'), { recursive: true })
  }

  expect(await bench.attempt('tidyStore')).toMatchObject({ blobs: 1, bytes: 6, tempFolders: 2 })
  expect(await blobs.stat(orphan?.hash ?? '')).toBeNull()
  for (const blob of [named, fresh]) expect(await blobs.stat(blob?.hash ?? '')).not.toBeNull()
  expect(await bench.attempt('tidyStore')).toMatchObject({ blobs: 0, tempFolders: 0 })
})
