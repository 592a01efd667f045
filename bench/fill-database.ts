/** Rows and bytes for bench/api.ts: a job that waits for approval, one that is done, an asset. */
import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { openDatabase } from '../prisma/client.ts'
import { createAsset } from '../prisma/queries/assets.ts'
import { createCampaign } from '../prisma/queries/campaigns.ts'
import { createClient } from '../prisma/queries/clients.ts'
import { createJob, saveStoryboard } from '../prisma/queries/jobs.ts'
import { createTemplateWriter } from '../providers/storyboard-template.ts'
import { createFileStore } from '../storage/file-store.ts'
import { sampleBrief, samplePhoto } from '../test/support/sample-brief.ts'

/** @param videoBytes how large the film is */
export async function fillDatabase(
  dataDir: string,
  { assetBytes, videoBytes }: { assetBytes: Buffer; videoBytes: number },
) {
  const db = await openDatabase(path.join(dataDir, 'greenlight.db'))
  const blobs = await createFileStore(path.join(dataDir, 'blobs'))
  const client = await createClient(db, { name: 'Bench', metadata: {} })
  const campaign = await createCampaign(db, { name: 'Bench', clientId: client.id, metadata: {} })
  const picture = await blobs.put(chunksOf([assetBytes]))
  const film = await blobs.put(
    chunksOf(Array.from({ length: Math.ceil(videoBytes / 2 ** 20) }, () => randomBytes(2 ** 20))),
  )
  const owner = { campaignId: campaign.id, clientId: client.id }
  const asset = await createAsset(db, {
    ...owner,
    name: 'photo.jpg',
    type: 'image',
    format: 'jpg',
    contentType: 'image/jpeg',
    blobHash: picture.hash,
    size: picture.size,
    tags: [],
    metadata: {},
  })
  const photos = [samplePhoto(asset.id, { name: 'photo', width: 100, height: 100 })]
  const brief = sampleBrief({ campaignName: 'Bench', photos })
  const storyboard = await createTemplateWriter().write(brief, async () => new Uint8Array())
  const newJob = async () => {
    const settings = { videoModel: 'veo3' } as Parameters<typeof createJob>[1]['settings']
    const job = await createJob(db, { ...owner, type: 'image_pairs', parameters: {}, settings, estimateMicroUsd: 0 })
    await saveStoryboard(db, job.id, storyboard, [])
    return job.id
  }
  const waitingJob = await newJob()
  const doneJob = await newJob()
  await db.job.update({
    where: { id: doneJob },
    data: {
      status: 'completed',
      stage: 'completed',
      videoHash: film.hash,
      videoSize: film.size,
      startedAt: new Date(),
    },
  })
  const files = {
    asset: await blobs.localFile(picture.hash, dataDir),
    video: await blobs.localFile(film.hash, dataDir),
  }
  await db.$disconnect()
  return { waitingJob, doneJob, asset: asset.id, files }
}

async function* chunksOf(chunks: Buffer[]) {
  yield* chunks
}
