/** The studio over rows alone: a job in every state, with the words that a test wants, and nobody who works on them. */
import sharp from 'sharp'
import { JobSettings } from '../../domain/settings.ts'
import type { StoryboardScene } from '../../domain/storyboard.ts'
import { placeWords } from '../../domain/words.ts'
import { approveJob, cancelJob, rejectJob } from '../../prisma/queries/decisions.ts'
import { saveStoryboard } from '../../prisma/queries/jobs.ts'
import { openIntent } from '../../prisma/queries/ledger.ts'
import { type JobApi, startJobApi } from '../api/sample-jobs.ts'
import { startBrowser } from './browser.ts'

/** What people, files and providers say. */
export interface Words {
  /** Of clients, campaigns, photos and jobs, and on the picture: 200 characters at most. */
  name: string
  /** Of scenes, reasons, notes and errors: 500 at most. */
  text: string
}

export type EveryState = Awaited<ReturnType<typeof startEveryState>>

export async function startEveryState(words: Words, env: Record<string, string> = {}) {
  const api: JobApi = await startJobApi(env, { start: (jobId) => writeStoryboard(api, jobId, words) })
  const jobs = await makeJobs(api, words)
  const browsing = await startBrowser(api.url)
  return {
    ...browsing,
    api,
    jobs,
    async stop() {
      await browsing.stop()
      await api.close()
    },
  }
}

async function makeJobs(api: JobApi, { name, text }: Words) {
  const { db } = api
  await db.client.update({ where: { id: api.client.id }, data: { name } })
  await db.campaign.update({ where: { id: api.campaign.id }, data: { name, goal: text, brief: text } })
  for (const [n, { id }] of api.pictures.entries()) {
    const { hash } = await picture(api, n)
    await db.asset.update({ where: { id }, data: { name, description: text, tags: [text], thumbnailHash: hash } })
  }
  const decider = { by: name, note: text }
  const newJob = async () => {
    const { id } = await api.job()
    await say(api, id, { name, text })
    return id
  }

  const pending = await newJob()
  const rendering = await newJob()
  await approveJob(db, rendering, decider)
  await setScene(api, rendering, 0, { state: 'completed' })
  await setScene(api, rendering, 1, { state: 'rendering', attempt: 2 })
  const busy = { status: 'processing', stage: 'waiting_prediction', percentage: 40 }
  await db.job.update({ where: { id: rendering }, data: busy })

  const failed = await newJob()
  await approveJob(db, failed, decider)
  await setScene(api, failed, 0, { state: 'failed', error: text })
  await db.job.update({ where: { id: failed }, data: { status: 'failed', stage: 'failed', error: text } })

  const rejected = await newJob()
  await rejectJob(db, rejected, decider)
  const canceled = await newJob()
  await cancelJob(db, canceled, decider)

  const { id: done } = await api.film()
  await say(api, done, { name, text })
  await db.job.update({ where: { id: done }, data: { audioError: text, parameters: { captions: 'soft' } } })
  const note = { jobId: done, videoVersion: 1, atSeconds: 1, text, by: name, authorId: 'anyone' }
  await db.note.create({ data: note })
  await db.note.create({ data: { ...note, atSeconds: 2, resolvedAt: new Date(), resolvedBy: name } })
  await twoTakes(api, done, text)
  return { pending, rendering, failed, rejected, canceled, done }
}

/** As a worker would. */
async function writeStoryboard(api: JobApi, jobId: number, { text }: Words): Promise<void> {
  const { settings } = await api.db.job.findUniqueOrThrow({ where: { id: jobId } })
  const [first, second] = api.pictures
  const scene: StoryboardScene = {
    ...{
      title: 'One',
      description: '',
      prompt: text,
      duration: 4,
      transition: 'cut',
      asset_ids: [first.id, second.id],
    },
    ...{ scene_type: '', camera_movement: 'pan', motion_goal: 'arrive' },
    ...{ music_description: 'piano', music_style: 'ambient', music_energy: 'low' },
  }
  const scenes = placeWords([scene], JobSettings.parse(settings).words)
  await saveStoryboard(api.db, jobId, { scenes, source: 'template' }, [800_000])
}

/** A photograph, as far as a page can tell. */
async function picture(api: JobApi, n: number) {
  const colour = { r: 60 + 60 * n, g: 120, b: 200 - 60 * n }
  const bytes = await sharp({ create: { width: 320, height: 180, channels: 3, background: colour } })
    .jpeg()
    .toBuffer()
  return api.blobs.put([bytes] as unknown as AsyncIterable<Uint8Array>)
}

/** Every text that a scene has. */
async function say({ db }: JobApi, jobId: number, { name, text }: Words): Promise<void> {
  await db.scene.updateMany({
    where: { jobId },
    data: {
      ...{ title: text, description: text, prompt: text, sceneType: text, cameraMovement: text, motionGoal: text },
      ...{ musicDescription: text, musicStyle: text, musicEnergy: text, caption: name, voiceOver: name },
      overlays: (['title', 'price', 'call_to_action'] as const).map((kind) => ({ kind, text: name })),
    },
  })
  await db.job.update({ where: { id: jobId }, data: { storyboardSource: text, storyboardNote: text } })
}

async function setScene({ db }: JobApi, jobId: number, position: number, data: object): Promise<void> {
  await db.scene.updateMany({ where: { jobId, position }, data })
}

async function twoTakes({ db, ...api }: JobApi, jobId: number, prompt: string): Promise<void> {
  const scene = await db.scene.findFirstOrThrow({ where: { jobId, position: 0 } })
  const draft = { sceneId: scene.id, model: 'veo3', seconds: 4, priceMicroUsd: 800_000 }
  await openIntent(db, { jobId, subject: `scene:${scene.id}`, attempt: 2 }, draft)
  const clip = { clipHash: scene.clipHash ?? '', clipSize: 9, clipDuration: 4, clipFrames: 96 }
  const { hash } = await picture(api as JobApi, 2)
  const bought = await db.prediction.findMany({ where: { sceneId: scene.id }, orderBy: { attempt: 'asc' } })
  for (const { id: predictionId, attempt } of bought) {
    await db.take.create({ data: { sceneId: scene.id, attempt, predictionId, prompt, ...clip, thumbnailHash: hash } })
    // The film shows the newest.
    await db.scene.update({ where: { id: scene.id }, data: { clipPredictionId: predictionId } })
  }
}
