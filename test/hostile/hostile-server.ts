/** The API in a process of its own, so that its memory and everything that it writes are its own. */
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { sceneSubject } from '../../domain/prediction.ts'
import { openDatabase } from '../../prisma/client.ts'
import { createJob, saveStoryboard } from '../../prisma/queries/jobs.ts'
import { fileOf } from '../api/asset-api.ts'
import { jpeg } from '../api/sample-files.ts'
import { startProcess } from '../support/process.ts'
import { SAMPLE_SETTINGS } from '../support/sample-settings.ts'
import type { World } from './hostile-input.ts'
import { servedFiles } from './inputs/fetched.ts'
import { residentMemory } from './memory.ts'
import { startInside, startOutside } from './outside.ts'
import { type HostileAnswer, send } from './send.ts'
import { listFiles, readTables, type Snapshot, writesSeen } from './snapshot.ts'

export const MAX_UPLOAD_BYTES = 4_000_000
/** A hash by its form: a link of this name lies in the blob store. */
export const LINKED_HASH = 'ab'.repeat(32)

export type HostileServer = Awaited<ReturnType<typeof startHostileServer>>

/** `npm run server` without Temporal, with a name server that lies, a client, a campaign, two photos and a job. */
export async function startHostileServer() {
  const folder = await mkdtemp(path.join(tmpdir(), 'greenlight-hostile-'))
  const [data, temp] = [path.join(folder, 'data'), path.join(folder, 'temp')]
  await mkdir(temp)
  const inside = await startInside()
  const outside = await startOutside(await servedFiles())
  const started = await startProcess('server.ts', {
    DATA_DIR: data,
    TMPDIR: temp,
    PORT: '0',
    LOG_LEVEL: 'error',
    MAX_UPLOAD_BYTES: String(MAX_UPLOAD_BYTES),
    STORYBOARD_TIMEOUT: '0',
    ALLOWED_PRIVATE_HOSTS: outside.host,
    TEMPORAL_ADDRESS: '127.0.0.1:1',
    NODE_OPTIONS: `--import ${pathToFileURL(path.join(import.meta.dirname, 'name-server.ts')).href}`,
  })
  const url = /http:\/\/[\d.:]+/.exec(started.output())?.[0] ?? ''
  const port = Number(new URL(url).port)
  const pid = started.child.pid ?? 0
  const db = await openDatabase(path.join(data, 'greenlight.db'))
  const seeded = await seed(url, db)
  await plantLinks(data)
  let rows = { writes: -1, tables: {} as Snapshot['tables'] }
  const world: World = {
    jobId: seeded.jobId,
    inward: inside.host,
    inwardPort: Number(inside.host.split(':')[1]),
    outside: outside.url,
    maxUploadBytes: MAX_UPLOAD_BYTES,
  }
  return {
    url,
    port,
    db,
    world,
    ...seeded,
    /** What the server inside was asked: nothing, when all goes well. */
    inwardAsked: inside.asked,
    output: started.output,
    memory: () => residentMemory(pid),
    pid,
    /** The rows are read again only after the server has written some. */
    async snapshot(): Promise<Snapshot> {
      const writes = await writesSeen(db)
      if (writes !== rows.writes) rows = { writes, tables: await readTables(db) }
      return { files: await listFiles([data, temp]), tables: rows.tables }
    },
    send: (request: Parameters<typeof send>[1]): Promise<HostileAnswer> => send(port, request),
    async close() {
      await started.end()
      await db.$disconnect()
      inside.close()
      outside.close()
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

async function seed(url: string, db: Awaited<ReturnType<typeof openDatabase>>) {
  const post = async (at: string, body: object) => {
    const isForm = body instanceof FormData
    const headers = isForm ? undefined : { 'content-type': 'application/json' }
    const response = await fetch(`${url}/api/v3${at}`, {
      method: 'POST',
      headers,
      body: isForm ? body : JSON.stringify(body),
    })
    return ((await response.json()) as { data: { id: string } }).data.id
  }
  const clientId = await post('/clients', { name: 'ACME' })
  const campaignId = await post('/campaigns', { name: 'Spring', client_id: clientId })
  const emptyCampaignId = await post('/campaigns', { name: 'Empty', client_id: clientId })
  const photo = async () => {
    const form = new FormData()
    form.set('campaign_id', campaignId)
    form.set('file', fileOf(await jpeg(), 'photo.jpg'))
    return post('/assets', form)
  }
  const [first, last] = [await photo(), await photo()]
  const owner = { campaignId, clientId }
  const draft = {
    type: 'image_pairs' as const,
    ...owner,
    parameters: {},
    settings: SAMPLE_SETTINGS,
    estimateMicroUsd: 0,
  }
  const { id: jobId } = await createJob(db, draft)
  const scene = {
    ...{
      title: 'One',
      description: 'The pier',
      prompt: 'The pier',
      duration: 4,
      transition: 'cut' as const,
      scene_type: '',
    },
    ...{ camera_movement: 'pan', motion_goal: 'arrive', asset_ids: [first, last] as [string, string] },
    ...{ music_description: 'piano', music_style: 'ambient', music_energy: 'low' },
  }
  await saveStoryboard(db, jobId, { scenes: [scene, { ...scene, title: 'Two' }], source: 'template' }, [1, 0])
  const { id: sceneId } = await db.scene.findFirstOrThrow({ where: { jobId } })
  const subject = sceneSubject(sceneId)
  const bought = {
    subject,
    attempt: 1,
    model: 'veo3',
    seconds: 4,
    priceMicroUsd: 1,
    token: 'bought',
    state: 'succeeded',
  }
  const { id: predictionId } = await db.prediction.create({ data: { jobId, sceneId, ...bought } })
  const note = { jobId, videoVersion: 1, atSeconds: 1, text: 'Brighter', authorId: 'anyone' }
  const { id: noteId } = await db.note.create({ data: note })
  return { clientId, campaignId, emptyCampaignId, assetId: first, jobId, sceneId, predictionId, noteId }
}

/** Links out of the data folder, under every name that a request could reach. */
async function plantLinks(data: string): Promise<void> {
  const blobs = path.join(data, 'blobs', LINKED_HASH.slice(0, 2), LINKED_HASH.slice(2, 4))
  await mkdir(blobs, { recursive: true })
  await symlink('/etc/passwd', path.join(blobs, LINKED_HASH))
  for (const folder of ['', 'blobs', 'incoming']) await symlink('/etc', path.join(data, folder, 'link'))
}
