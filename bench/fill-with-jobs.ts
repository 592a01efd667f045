/** Rows of many jobs in every state, with four scenes, purchases and events each, and photographs to show. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import sharp from 'sharp'
import { type Database, openedAs, Prisma } from '../prisma/client.ts'
import { createAsset } from '../prisma/queries/assets.ts'
import { createCampaign } from '../prisma/queries/campaigns.ts'
import { createClient } from '../prisma/queries/clients.ts'
import { statements } from '../prisma/statements.ts'
import type { BlobStore } from '../storage/blob-store.ts'
import { SAMPLE_SETTINGS } from '../test/support/sample-settings.ts'

const PHOTOS = path.join(import.meta.dirname, '..', 'test', 'fixtures', 'photos')
const NAMES = ['Lakeside', 'By the harbour', 'The old mill', 'Garden flats']
const SCENES = 4
/** As many as a job of four scenes has about. */
const EVENTS = 30
const AT_ONCE = 500
/** Between two jobs: so ten thousand are a quarter of a year's. */
const APART_MS = 13 * 60_000

/**
 * Those that wait have no workflow.
 * @param stateOf of a job by its id, from 1 on
 * @returns the ids of the campaigns
 */
export async function fillWithJobs(
  { db, blobs }: { db: Database; blobs: BlobStore },
  count: number,
  stateOf: (id: number) => JobState = usualState,
): Promise<string[]> {
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
  const settings = { ...SAMPLE_SETTINGS, sceneCount: SCENES }
  for (let from = 0; from < count; from += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, n) => from + n + 1)
    await db.job.createMany({
      data: numbers.map((id) => {
        const { id: campaignId, name } = campaigns[id % campaigns.length] as { id: string; name: string }
        const owner = { clientId, campaignId, type: 'image_pairs', parameters: {}, settings, eventSeq: EVENTS }
        const at = new Date(Date.now() - (count - id + 1) * APART_MS)
        return {
          id,
          ...owner,
          ...{ startedAt: at, insertedAt: at, updatedAt: at },
          videoName: `${name} ${id}`,
          storyboardVersion: 1,
          estimateMicroUsd: 2_400_000,
          ...stateOf(id),
        }
      }),
    })
    await db.prediction.createMany({ data: numbers.flatMap((id) => (isBought(stateOf(id)) ? purchases(id) : [])) })
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
  await addEvents(db)
  return campaigns.map(({ id }) => id)
}

export interface JobState {
  status: string
  stage: string
  percentage?: number
  error?: string
}

/** Most are done, as in a database that has been used for a while; one in twenty waits. */
function usualState(id: number): JobState {
  if (id % 20 === 0) return { status: 'pending', stage: 'pending' }
  return decidedState(id)
}

/** The same where none waits. */
export function decidedState(id: number): JobState {
  if (id % 50 === 1) return { status: 'processing', stage: 'waiting_prediction', percentage: 40 }
  if (id % 10 === 2) return { status: 'failed', stage: 'failed', error: 'Scene 2 "A view of the lake" failed: no GPU.' }
  return { status: 'completed', stage: 'completed', percentage: 100 }
}

const isBought = ({ status }: JobState) => status !== 'pending'

function purchases(jobId: number) {
  return Array.from({ length: SCENES }, (_, scene) => ({
    ...{ jobId, subject: `scene:${jobId}-${scene}`, attempt: 1, model: 'google/veo-3.1', seconds: 4 },
    ...{ priceMicroUsd: 600_000, token: `${jobId}-${scene}`, providerId: `${jobId}-${scene}`, state: 'succeeded' },
  }))
}

/** Of every job that has none yet. */
async function addEvents(db: Database): Promise<void> {
  const { $executeRaw, $queryRaw } = statements(db)
  const numbers = Array.from({ length: EVENTS }, (_, n) => `SELECT ${n + 1} AS "seq"`).join(' UNION ALL ')
  await $executeRaw(Prisma.sql`
    INSERT INTO "JobEvent" ("jobId", "seq", "type", "data", "at")
    SELECT "Job"."id", "numbers"."seq", 'scene', '{"state": "rendering"}', "Job"."insertedAt"
    FROM "Job" CROSS JOIN (${Prisma.raw(numbers)}) AS "numbers" WHERE "Job"."eventSeq" = ${EVENTS}`)
  if (openedAs(db).connection.provider !== 'postgres') return
  // Ids were given, which its sequence does not notice; and it plans by statistics that it takes in its own time.
  await $queryRaw(Prisma.sql`SELECT setval(pg_get_serial_sequence('"Job"', 'id'), max("id")) FROM "Job"`)
  await $executeRaw(Prisma.sql`ANALYZE`)
}
