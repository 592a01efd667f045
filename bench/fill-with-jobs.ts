/** Rows for bench/studio.ts: many jobs in every state, with four scenes each, and photographs to show. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import sharp from 'sharp'
import { openDatabase } from '../prisma/client.ts'
import { createAsset } from '../prisma/queries/assets.ts'
import { createCampaign } from '../prisma/queries/campaigns.ts'
import { createClient } from '../prisma/queries/clients.ts'
import { createFileStore } from '../storage/file-store.ts'

const PHOTOS = path.join(import.meta.dirname, '..', 'test', 'fixtures', 'photos')
const NAMES = ['Lakeside', 'By the harbour', 'The old mill', 'Garden flats']
const SCENES = 4
const AT_ONCE = 500

export async function fillWithJobs(dataDir: string, count: number): Promise<void> {
  const db = await openDatabase(path.join(dataDir, 'greenlight.db'))
  const blobs = await createFileStore(path.join(dataDir, 'blobs'))
  const client = await createClient(db, { name: 'Harbour Homes', metadata: {} })
  const clientId = client.id
  const campaigns = await Promise.all(NAMES.map((name) => createCampaign(db, { name, clientId, metadata: {} })))
  const photos: string[] = []
  for (const name of ['china.jpg', 'flower.jpg', 'rocket.jpg']) {
    const small = await sharp(await readFile(path.join(PHOTOS, name)))
      .resize({ width: 640 })
      .jpeg()
      .toBuffer()
    const { hash, size } = await blobs.put([small] as unknown as AsyncIterable<Uint8Array>)
    const bytes = { type: 'image', format: 'jpg', contentType: 'image/jpeg', blobHash: hash, thumbnailHash: hash, size }
    photos.push((await createAsset(db, { name, clientId, tags: [], metadata: {}, ...bytes })).id)
  }
  const settings = { videoModel: 'veo3' }
  for (let from = 0; from < count; from += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, n) => from + n + 1)
    await db.job.createMany({
      data: numbers.map((id) => {
        const { id: campaignId, name } = campaigns[id % campaigns.length] as { id: string; name: string }
        const owner = { clientId, campaignId, type: 'image_pairs', parameters: {}, settings, startedAt: new Date() }
        return {
          id,
          ...owner,
          videoName: `${name} ${id}`,
          storyboardVersion: 1,
          estimateMicroUsd: 2_400_000,
          ...stateOf(id),
        }
      }),
    })
    await db.scene.createMany({
      data: numbers.flatMap((jobId) =>
        Array.from({ length: SCENES }, (_, position) => ({
          ...{
            jobId,
            position,
            title: 'A view of the lake',
            prompt: 'The camera pans slowly. '.repeat(20),
            duration: 4,
          },
          ...{ firstAssetId: photos[jobId % 3] ?? null, lastAssetId: photos[(jobId + 1) % 3] ?? null },
        })),
      ),
    })
  }
  await db.$disconnect()
}

/** Most are done, as in a database that has been used for a while; one in twenty waits. */
function stateOf(id: number) {
  if (id % 20 === 0) return { status: 'pending', stage: 'pending' }
  if (id % 50 === 1) return { status: 'processing', stage: 'waiting_prediction', percentage: 40 }
  if (id % 10 === 2) return { status: 'failed', stage: 'failed', error: 'Scene 2 "A view of the lake" failed: no GPU.' }
  return { status: 'completed', stage: 'completed', percentage: 100 }
}
