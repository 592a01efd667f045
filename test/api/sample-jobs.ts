/** Jobs as rows, with storyboards and what became of them, for tests of the API alone. */
import { randomUUID } from 'node:crypto'
import type { JobType } from '../../domain/job.ts'
import type { JobSettings } from '../../domain/settings.ts'
import type { StoryboardScene } from '../../domain/storyboard.ts'
import { createAsset } from '../../prisma/queries/assets.ts'
import type { Campaign } from '../../prisma/queries/campaigns.ts'
import { approveJob } from '../../prisma/queries/decisions.ts'
import { createJob, getJob, type JobWithScenes, saveStoryboard } from '../../prisma/queries/jobs.ts'
import { openIntent } from '../../prisma/queries/ledger.ts'
import type { JobWorkflows } from '../../temporal/job-workflows.ts'
import { SAMPLE_SETTINGS } from '../support/sample-settings.ts'
import { startTestApi } from '../support/test-api.ts'

export const UNKNOWN = '00000000-0000-4000-8000-000000000000'

export const SETTINGS: JobSettings = {
  ...SAMPLE_SETTINGS,
  sceneCount: 3,
  music: { ...SAMPLE_SETTINGS.music, model: 'meta/musicgen:1' },
  maxParallelScenes: 4,
}

export type JobApi = Awaited<ReturnType<typeof startJobApi>>

/**
 * The API with a campaign of three pictures; what workflows are told is noted, nobody works on it.
 * @param replaced what is done instead of noting it
 */
export async function startJobApi(env: Record<string, string> = {}, replaced: Partial<JobWorkflows> = {}) {
  const told: string[] = []
  const workflows: Partial<JobWorkflows> = {
    start: async (jobId) => void told.push(`start ${jobId}`),
    decided: async (jobId) => void told.push(`decided ${jobId}`),
    revise: async (jobId) => void told.push(`revise ${jobId}`),
    predictionChanged: async () => {},
    deliver: async () => {},
    deliverAll: async () => {},
    inspect: async () => null,
    ...replaced,
  }
  const api = await startTestApi(env, { workflows: workflows as JobWorkflows })
  const { client, campaign } = await api.campaign()

  /** An asset whose bytes are in the store. */
  async function asset(
    type: 'image' | 'audio',
    { owner = client.id, bytes = randomUUID() as string, duration = 2 } = {},
  ) {
    const { hash, size } = await api.blobs.put([Buffer.from(bytes)] as unknown as AsyncIterable<Uint8Array>)
    const contentType = type === 'image' ? 'image/png' : 'audio/mpeg'
    const described = { clientId: owner, name: `${type}.bin`, type, contentType, format: 'bin', blobHash: hash, size }
    return createAsset(api.db, {
      ...described,
      campaignId: owner === client.id ? campaign.id : null,
      ...(type === 'audio' && { duration }),
    })
  }
  const pictures = [await asset('image'), await asset('image'), await asset('image')] as const
  const [first, second, third] = pictures.map(({ id }) => id) as [string, string, string]

  return {
    ...api,
    told,
    client,
    campaign,
    /** Another client with a campaign. */
    stranger: () => api.campaign('Elsewhere'),
    pictures,
    asset,

    /** A pending job with a storyboard of three scenes, 4 seconds each. */
    async job(
      options: { type?: JobType; settings?: Partial<JobSettings>; storyboard?: boolean; of?: Campaign } = {},
    ): Promise<JobWithScenes> {
      const { type = 'image_pairs', storyboard = true, of = campaign } = options
      const settings = { ...SETTINGS, ...options.settings }
      const owner = { campaignId: of.id, clientId: of.clientId }
      const { id } = await createJob(api.db, { type, ...owner, parameters: {}, settings, estimateMicroUsd: 0 })
      const scene = (title: string, asset_ids: [string, string]): StoryboardScene => ({
        ...{ title, description: `${title} described`, prompt: `${title} prompted`, duration: 4, transition: 'cut' },
        ...{ scene_type: settings.propertyTypes?.[0] ?? '', camera_movement: 'pan', motion_goal: 'arrive', asset_ids },
        ...{ music_description: 'piano', music_style: 'ambient', music_energy: 'low' },
      })
      const scenes = [scene('One', [first, second]), scene('Two', [second, third]), scene('Three', [third, first])]
      if (storyboard) await saveStoryboard(api.db, id, { scenes, source: 'template' }, [800_000, 800_000, 800_000])
      return getJob(api.db, id)
    },

    /** A completed job with bytes of every kind; it cost what its one prediction costs. */
    async film({ microUsd = 800_000, bytes = randomUUID() as string } = {}): Promise<JobWithScenes> {
      const { id, scenes } = await this.job()
      await approveJob(api.db, id, { by: 'Anna', note: null })
      const store = (name: string) =>
        api.blobs.put([Buffer.from(`${name} of ${bytes}`)] as unknown as AsyncIterable<Uint8Array>)
      const put = async (name: string) => (await store(name)).hash
      for (const [n, scene] of scenes.entries()) {
        const { hash: clipHash, size: clipSize } = await store(`clip ${n}`)
        const clip = { clipHash, clipSize, clipThumbnailHash: await put(`still ${n}`) }
        await api.db.scene.update({ where: { id: scene.id }, data: { ...clip, state: 'completed' } })
      }
      const key = { jobId: id, subject: `scene:${scenes[0]?.id}`, attempt: 1 }
      const draft = { sceneId: scenes[0]?.id ?? null, model: 'veo3', seconds: 4, priceMicroUsd: microUsd }
      await openIntent(api.db, key, draft)
      await api.db.prediction.updateMany({ where: { jobId: id }, data: { state: 'succeeded', postedAt: new Date() } })
      const [film, music] = [await store('film'), await store('music')]
      const stored = {
        ...{
          stitchedHash: await put('silent'),
          stitchedSoundHash: await put('sound'),
          thumbnailHash: await put('still'),
        },
        ...{ videoHash: film.hash, videoSize: film.size, audioHash: music.hash, audioSize: music.size },
      }
      await api.db.job.update({
        where: { id },
        data: {
          ...{ ...stored, videoDuration: 12, audioStatus: 'completed' },
          ...{ status: 'completed', stage: 'audio_completed', percentage: 100 },
        },
      })
      await api.db.audioSegment.create({
        data: {
          ...{ jobId: id, position: 0, duration: 4, token: randomUUID(), expiresAt: new Date(Date.now() + 60_000) },
          ...{ blobHash: await put('segment'), tailHash: await put('tail') },
        },
      })
      return getJob(api.db, id)
    },

    v3: (method: string, at: string, body?: unknown, headers?: Record<string, string>) =>
      api.call(method, `/api/v3${at}`, body, headers),

    isStored: async (hash: string | null | undefined) => (hash ? (await api.blobs.stat(hash)) !== null : false),
  }
}
