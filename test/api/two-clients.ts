/** Two clients that have one of everything, and a key of each. */
import { createHash } from 'node:crypto'
import { manageKeys } from '../../scripts/keys/manage-keys.ts'
import { SAMPLE_SETTINGS } from '../support/sample-settings.ts'
import type { TestApi } from '../support/test-api.ts'

export type World = Awaited<ReturnType<typeof oneOfEverything>>

const SETTINGS = {
  ...SAMPLE_SETTINGS,
  music: { ...SAMPLE_SETTINGS.music, errorStrategy: 'halt', model: 'meta/musicgen' },
}

/** A key as `npm run keys -- create` makes it. */
export async function makeKey(
  api: Pick<TestApi, 'db' | 'deps'>,
  name: string,
  role: string,
  clientId?: string,
): Promise<string> {
  const scope = clientId ? ['--client', clientId] : []
  const lines = await manageKeys(api.db, api.deps.config, ['create', '--name', name, '--role', role, ...scope])
  const key = lines.map((line) => /^ {2}(\S+)$/.exec(line)?.[1]).find(Boolean)
  if (!key) throw new Error('No key was printed.')
  return key
}

/** A client with rows in every table that clients have. `name` stands in all of them, so that a leak shows. */
export async function oneOfEverything(api: TestApi, name: string) {
  const { db } = api
  const hash = createHash('sha256').update(name).digest('hex')
  const client = await db.client.create({ data: { name, metadata: {} } })
  const clientId = client.id
  const campaign = await db.campaign.create({ data: { name, clientId, metadata: {} } })
  const asset = await db.asset.create({
    data: { name, clientId, campaignId: campaign.id, type: 'image', tags: [], metadata: {}, blobHash: hash, size: 1 },
  })
  const draft = { type: 'campaign', campaignId: campaign.id, clientId, parameters: {}, settings: SETTINGS }
  const film = { videoName: name, videoHash: hash, videoSize: 1, thumbnailHash: hash, audioHash: hash, audioSize: 1 }
  const job = await db.job.create({
    data: { ...draft, ...film, status: 'completed', stage: 'completed', storyboardVersion: 1, eventSeq: 1 },
  })
  const clip = { clipHash: hash, clipSize: 1, clipThumbnailHash: hash }
  const scene = await db.scene.create({ data: { jobId: job.id, position: 0, title: name, duration: 4, ...clip } })
  const waiting = await db.job.create({ data: { ...draft, videoName: name, storyboardVersion: 1 } })
  await db.scene.create({ data: { jobId: waiting.id, position: 0, title: name, duration: 4 } })
  const prediction = await db.prediction.create({
    data: {
      ...{ jobId: job.id, sceneId: scene.id, subject: `scene:${scene.id}`, attempt: 1, model: name, seconds: 4 },
      ...{ priceMicroUsd: 1, token: hash, state: 'unknown' },
    },
  })
  const note = await db.note.create({
    data: { jobId: job.id, videoVersion: 1, atSeconds: 1, text: name, by: name, authorId: 'key:nobody' },
  })
  await db.jobEvent.create({ data: { jobId: job.id, seq: 1, type: 'created', data: { name } } })
  const key = await makeKey(api, `${name}'s key`, 'operator', client.id)
  return { name, client, campaign, asset, job, waiting, scene, prediction, note, key }
}
