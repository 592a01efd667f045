/** What tidy-store.test.ts has of files, of a bucket that other processes write into meanwhile. */
import { CreateMultipartUploadCommand, ListMultipartUploadsCommand, UploadPartCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type S3Server, startS3Server } from '../support/s3-server.ts'
import { type ActivityBench, startActivityBench } from './activity-bench.ts'

let s3: S3Server
let bench: ActivityBench
beforeAll(async () => {
  s3 = await startS3Server()
  bench = await startActivityBench({ BLOB_STORE_URL: s3.url })
})
afterAll(async () => {
  await bench?.stop()
  await s3?.stop()
})

/** S3 alone says from when a blob is, so it is made to say so here. */
function age({ list, stat }: { list?: string[]; stat?: string[] }): void {
  const longAgo = new Date(Date.now() - 48 * 60 * 60_000)
  const { blobs } = bench
  const [really, reallyList] = [blobs.stat, blobs.list]
  blobs.stat = async (hash) => {
    const found = await really(hash)
    return found && stat?.includes(hash) ? { ...found, writtenAt: longAgo } : found
  }
  blobs.list = async function* () {
    for await (const blob of reallyList()) yield list?.includes(blob.hash) ? { ...blob, writtenAt: longAgo } : blob
  }
}

it('removes old objects that no row names, and nothing that another process has just stored or still sends', async () => {
  const { blobs, db } = bench
  const put = async (text: string) => (await blobs.put([Buffer.from(text)] as unknown as AsyncIterable<Buffer>)).hash
  const [named, orphan, fresh, again] = [
    await put('named'),
    await put('orphan'),
    await put('fresh'),
    await put('again'),
  ]
  await db.asset.create({ data: { name: 'photo', type: 'image', tags: [], metadata: {}, blobHash: named, size: 5 } })
  const Bucket = s3.location.bucket
  const upload = { Bucket, Key: `00/00/${'0'.repeat(64)}` }
  const { UploadId } = await s3.client.send(new CreateMultipartUploadCommand(upload))
  await s3.client.send(new UploadPartCommand({ ...upload, UploadId, PartNumber: 1, Body: 'half' }))
  // One was stored again after it was listed.
  age({ list: [named, orphan, again], stat: [named, orphan] })

  expect(await bench.attempt('tidyStore')).toMatchObject({ blobs: 1, bytes: 6, unfinished: 0 })
  expect(await blobs.stat(orphan)).toBeNull()
  for (const hash of [named, fresh, again]) expect(await blobs.stat(hash)).not.toBeNull()
  expect((await s3.client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: '00/' }))).Uploads).toHaveLength(1)
})
