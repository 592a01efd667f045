/** Activities as a worker calls them, on a real database and store, against the simulator over HTTP. No Temporal. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Info } from '@temporalio/activity'
import { MockActivityEnvironment } from '@temporalio/testing'
import { pino } from 'pino'
import sharp from 'sharp'
import { type Activities, createActivities } from '../../activities/index.ts'
import { readConfig } from '../../config.ts'
import type { JobSettings } from '../../domain/settings.ts'
import { createAsset } from '../../prisma/queries/assets.ts'
import { createCampaign } from '../../prisma/queries/campaigns.ts'
import { createClient } from '../../prisma/queries/clients.ts'
import { approveJob } from '../../prisma/queries/decisions.ts'
import { installationId } from '../../prisma/queries/installation.ts'
import { createJob, getJob, type JobWithScenes, saveStoryboard } from '../../prisma/queries/jobs.ts'
import { openParts } from '../../runtime/open-parts.ts'
import { type Simulator, startSimulator } from '../../simulator/index.ts'
import type { JobWorkflows } from '../../temporal/job-workflows.ts'
import { createTestDatabase } from '../support/database.ts'
import { SAMPLE_SETTINGS } from '../support/sample-settings.ts'

export async function startActivityBench(env: Record<string, string> = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'greenlight-activities-'))
  const simulator = await startSimulator({ fast: true, renderMs: 300 })
  const database = await createTestDatabase()
  const config = readConfig({
    ...database.env,
    DATA_DIR: folder,
    REPLICATE_API_KEY: 'simulator',
    REPLICATE_BASE_URL: `${simulator.url}/v1`,
    // Pictures are uploaded, so that no API has to serve them.
    ASSET_DELIVERY: 'upload',
    ...env,
  })
  const parts = await openParts(config, pino({ level: 'silent' }))
  /** The jobs whose workflow has closed. */
  const ended = new Set<number>()
  /** The jobs whose workflow Temporal does not know; each has ended too. */
  const lost = new Set<number>()
  /** Those whose newest run came to its own end, and when that began. */
  const ownEnds = new Map<number, { startedAt: Date }>()
  /** What the activities told Temporal. */
  const told: string[] = []
  /** The jobs for which Temporal refuses everything. */
  const refused = new Set<number>()
  const note = (what: string) => async (jobId: number) => {
    if (refused.has(jobId)) throw new Error(`Temporal refuses to ${what} ${jobId}.`)
    told.push(`${what} ${jobId}`)
    // It has a new run then.
    if (lost.delete(jobId)) ended.delete(jobId)
  }
  const workflows = {
    start: note('start'),
    decided: note('decided'),
    deliverAll: note('deliver'),
    revise: note('revise'),
    hasEnded: async (jobId: number) => ended.has(jobId),
    isBuying: async () => false,
    isIdle: async () => false,
    isLost: async (jobId: number) => lost.has(jobId),
    endedByItself: async (jobId: number) => ownEnds.get(jobId) ?? null,
  } as unknown as JobWorkflows
  const storyboardWriter = { write: async () => Promise.reject(new Error('not used here')) }
  const activities = createActivities({ ...parts, workflows, storyboardWriter })
  async function call<K extends keyof Activities>(
    info: Partial<Info>,
    name: K,
    ...input: Parameters<Activities[K]>
  ): Promise<Awaited<ReturnType<Activities[K]>>> {
    const run = activities[name] as (...args: Parameters<Activities[K]>) => Promise<Awaited<ReturnType<Activities[K]>>>
    const workflowExecution = { workflowId: `video-job-${await installationId(parts.db)}-1`, runId: 'run' }
    const result = await new MockActivityEnvironment({ workflowExecution, ...info }).run(run, ...input)
    return result as Awaited<ReturnType<Activities[K]>>
  }
  return {
    ...parts,
    simulator,
    activities,
    workflows,
    told,
    ended,
    lost,
    ownEnds,
    refused,
    /** Calls an activity once, as its first attempt. */
    attempt: <K extends keyof Activities>(name: K, ...input: Parameters<Activities[K]>) => call({}, name, ...input),
    /** Calls it as a later attempt of what was scheduled then. */
    attemptAgain: <K extends keyof Activities>(scheduledAt: Date, name: K, ...input: Parameters<Activities[K]>) =>
      call({ attempt: 2, scheduledTimestampMs: scheduledAt.getTime() }, name, ...input),
    /** A pending job with a storyboard of one scene, on two pictures. */
    newJob: () => newJob(parts),
    /** One that purchases are made for. */
    async approvedJob(): Promise<JobWithScenes> {
      const { id } = await newJob(parts)
      await approveJob(parts.db, id, { by: 'Anna', note: null })
      return getJob(parts.db, id)
    },
    /** As when the deadline and the settle time of every POST have passed: none whose answer was lost can arrive any more. */
    quiet: () =>
      parts.db.prediction.updateMany({
        where: { state: 'intent' },
        data: { leaseUntil: new Date(Date.now() - 3_600_000) },
      }),
    async stop() {
      await parts.close()
      await simulator.stop()
      await database.remove()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export type ActivityBench = Awaited<ReturnType<typeof startActivityBench>>
export type { Simulator }

const settings: JobSettings = { ...SAMPLE_SETTINGS, maxParallelScenes: 10 }

async function newJob({ db, blobs }: Awaited<ReturnType<typeof openParts>>): Promise<JobWithScenes> {
  const client = await createClient(db, { name: 'ACME', metadata: {} })
  const campaign = await createCampaign(db, { name: 'Spring', clientId: client.id, metadata: {} })
  const owner = { clientId: client.id, campaignId: campaign.id }
  const picture = async (background: string) => {
    const bytes = await sharp({ create: { width: 320, height: 180, channels: 3, background } })
      .jpeg()
      .toBuffer()
    const { hash, size } = await blobs.put(
      (async function* () {
        yield bytes
      })(),
    )
    const file = { name: `${background}.jpg`, type: 'image', format: 'jpg', contentType: 'image/jpeg' }
    const { id } = await createAsset(db, { ...owner, ...file, blobHash: hash, size, tags: [], metadata: {} })
    return id
  }
  const job = await createJob(db, { ...owner, type: 'image_pairs', parameters: {}, settings, estimateMicroUsd: 0 })
  const scene = {
    title: 'Red to blue',
    description: 'A change of colour',
    prompt: 'The red turns blue',
    duration: 4,
    transition: 'cut' as const,
    scene_type: '',
    camera_movement: '',
    motion_goal: '',
    asset_ids: [await picture('red'), await picture('blue')] as [string, string],
    music_description: '',
    music_style: '',
    music_energy: '',
  }
  await saveStoryboard(db, job.id, { scenes: [scene], source: 'template' }, [800_000])
  return getJob(db, job.id)
}
