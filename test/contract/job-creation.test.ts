/** The rows of the contract that create jobs. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import sharp from 'sharp'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { ActivityDeps } from '../../activities/deps.ts'
import { fetchPhotos } from '../../activities/fetch-photos.ts'
import { Prisma } from '../../prisma/client.ts'
import { createAsset } from '../../prisma/queries/assets.ts'
import { SceneTypesInvalid } from '../../providers/ports.ts'
import { createTemplateWriter } from '../../providers/storyboard-template.ts'
import { startOriginServer } from '../api/origin-server.ts'
import { jpeg } from '../api/sample-files.ts'
import { UNKNOWN } from './every-route.ts'
import { startWrittenJobs } from './written-jobs.ts'

const photo = await jpeg()
const REAL = path.join(import.meta.dirname, '../fixtures/photos')
const real = await Promise.all(['china.jpg', 'flower.jpg', 'coffee.png'].map((name) => readFile(path.join(REAL, name))))
const again = await sharp(real[0]).resize(400).jpeg({ quality: 50 }).toBuffer()
const origin = await startOriginServer((request, response) => {
  if (request.url?.startsWith('/photo')) return response.end(photo)
  if (request.url?.startsWith('/never')) return
  if (request.url?.startsWith('/real')) return response.end([...real, again][Number(request.url.at(-1))])
  response.writeHead(404).end()
})
const api = await startWrittenJobs({ STORYBOARD_TIMEOUT: '5', ALLOWED_PRIVATE_HOSTS: origin.host })
afterAll(async () => {
  origin.close()
  await api.close()
})
afterEach(() => api.letWrite('the template'))
const campaign_id = api.campaign.id
const client_id = api.client.id
const pairs = (body: unknown) => api.v3('POST', '/jobs/from-image-pairs', body)
const photos = (body: unknown) => api.v3('POST', '/jobs/from-property-photos', body)
const fromCampaign = (body: unknown, id = campaign_id) => api.v3('POST', `/campaigns/${id}/create-job`, body)

const SCENE = {
  ...{ id: expect.stringMatching(/^[0-9a-f-]{36}$/), title: expect.any(String), description: expect.any(String) },
  ...{ prompt: expect.any(String), duration: 6, time_start: expect.any(Number), time_end: expect.any(Number) },
  ...{ transition: expect.stringMatching(/^(cut|crossfade)$/), scene_type: expect.any(String) },
  ...{ camera_movement: expect.any(String), motion_goal: expect.any(String) },
  asset_ids: [expect.any(String), expect.any(String)],
  ...{ music_description: expect.any(String), music_style: expect.any(String), music_energy: expect.any(String) },
  ...{ transition_duration: null, overlays: [], caption: null, voice_over: null, keep_clip_audio: null },
  ...{ estimated_cost: expect.any(Number), model: null, variants: null, uses_last_frame: expect.any(Boolean) },
}

describe('POST /jobs/from-image-pairs', () => {
  it('answers 201, flat, with the storyboard and what it will cost', async () => {
    const { status, json } = await pairs({ campaign_id, client_id })
    expect(status).toBe(201)
    expect(json).toEqual({
      ...{ job_id: expect.any(Number), status: 'pending', type: 'image_pairs', scene_count: 2 },
      ...{ message: 'Job created successfully', video_name: 'Lakeside 1' },
      ...{ estimated_cost: expect.any(Number), costs: { estimated: json.estimated_cost, currency: 'USD' } },
      ...{
        storyboard_ready: true,
        storyboard: { scenes: [SCENE, SCENE], total_duration: 12, film_duration: 12, photos: [] },
      },
      ...{ campaign_id, client_id, clip_duration: 5, num_pairs: 10, total_assets: 3 },
    })
    expect(json.estimated_cost).toBeGreaterThan(0)
    const [first, second] = json.storyboard.scenes
    expect([first.time_start, first.time_end, second.time_start, second.time_end]).toEqual([0, 6, 6, 12])
    expect([first.asset_ids, second.asset_ids]).toEqual([
      [api.pictures[0].id, api.pictures[1].id],
      [api.pictures[1].id, api.pictures[2].id],
    ])
    expect((await api.v3('GET', `/jobs/${json.job_id}`)).json.storyboard).toEqual(json.storyboard)
    expect((await pairs({ campaign_id })).json.video_name).toBe('Lakeside 2')
  })

  it("takes what is no text under a new name as a frontend's own", async () => {
    const parameters = {
      price: 450_000,
      title: { de: 'Haus' },
      captions: true,
      resolution: 4,
      fit: [],
      transition: null,
      ...{ quality: 'high', variants: [{ color: 'red' }], budget_usd: { max: 500_000 }, fps: false },
    }
    const { status, json } = await pairs({ campaign_id, parameters })
    expect(status).toBe(201)
    const job = (await api.v3('GET', `/jobs/${json.job_id}`)).json
    expect(job).toMatchObject({ parameters, quality: 'final' })
    const others = { quality: 2, variants: 'photos', budget_usd: true }
    expect((await pairs({ campaign_id, parameters: others })).json.estimated_cost).toBe(json.estimated_cost)
    const words = json.storyboard.scenes.map(({ overlays }: { overlays: unknown }) => overlays)
    expect(words).toEqual([[], [{ kind: 'price', text: '450000' }]])
  })

  it('takes its fields in both spellings, its numbers as strings, and ignores what it does not know', async () => {
    const parameters = { aspect_ratio: '9:16', anything: { kept: [1] } }
    const snake = { campaign_id, client_id, clip_duration: '8', num_pairs: '3', video_model: 'veo3', parameters }
    const camel = {
      campaignId: campaign_id.toUpperCase(),
      clientId: client_id,
      clipDuration: 8,
      numPairs: 3,
      videoModel: 'veo3',
      parameters,
      unheardOf: 1,
    }
    for (const body of [snake, camel]) {
      const { status, json } = await pairs(body)
      expect(status).toBe(201)
      expect(json).toMatchObject({ clip_duration: 8, num_pairs: 3, scene_count: 3, storyboard: { total_duration: 24 } })
      expect((await api.v3('GET', `/jobs/${json.job_id}`)).json.parameters).toEqual(parameters)
    }
  })

  it.each([
    [{}, 'veo-3.1'],
    [{ video_model: 'veo3' }, 'veo-3.1'],
    [{ model: 'hailuo-02' }, 'hailuo'],
    [{ video_model: 'hilua-2.5', model: 'veo3' }, 'hailuo'],
    [{ parameters: { model: 'hilua-2.5' } }, 'hailuo'],
  ])('takes the model of %j', async (body, model) => {
    const { json } = await pairs({ campaign_id, num_pairs: 1, clip_duration: 4, ...body })
    // Hailuo renders 6 or 10 seconds, Veo 4, 6 or 8.
    expect(json.storyboard.scenes[0].duration).toBe(model === 'hailuo' ? 6 : 4)
  })

  it('answers without a storyboard when that takes longer than STORYBOARD_TIMEOUT; it follows', async () => {
    const slow = await startWrittenJobs({ STORYBOARD_TIMEOUT: '0.2' })
    slow.letWrite(null)
    const body = { campaign_id: slow.campaign.id }
    const answer = await slow.v3('POST', '/jobs/from-image-pairs', body)
    expect(answer).toMatchObject({
      status: 201,
      json: {
        status: 'pending',
        storyboard_ready: false,
        scene_count: 0,
        storyboard: { scenes: [], total_duration: 0 },
      },
    })
    slow.letWrite('the template')
    await slow.deps.workflows.start(answer.json.job_id)
    const { json } = await slow.v3('GET', `/jobs/${answer.json.job_id}`)
    expect(json).toMatchObject({ storyboard_ready: true, storyboard: { scenes: [SCENE, SCENE] } })
    await slow.close()
  })
})

describe('POST /jobs/from-property-photos', () => {
  const DEFAULTS = ['exterior', 'interior', 'kitchen', 'bedroom', 'bathroom', 'living_room']

  it('answers the same with its types, of which every scene has one', async () => {
    const { status, json } = await photos({ campaignId: campaign_id })
    expect(status).toBe(201)
    expect(json).toEqual({
      ...{ job_id: expect.any(Number), status: 'pending', type: 'property_photos', scene_count: 3 },
      ...{ message: 'Job created successfully', video_name: expect.stringMatching(/^Lakeside \d+$/) },
      ...{ estimated_cost: expect.any(Number), costs: { estimated: json.estimated_cost, currency: 'USD' } },
      ...{
        storyboard_ready: true,
        storyboard: {
          ...{ scenes: [SCENE, SCENE, SCENE], total_duration: 18, film_duration: 18 },
          photos: api.pictures.map(({ id, name }) => {
            return { asset_id: id, name, type: expect.any(String), confidence: 0, left_out: null }
          }),
        },
      },
      ...{ campaign_id, client_id, clip_duration: 5, property_types: DEFAULTS, total_assets: 3 },
    })
    for (const { scene_type } of json.storyboard.scenes) expect(DEFAULTS).toContain(scene_type)
    const own = await photos({ campaign_id, propertyTypes: ['garden', 'pool'], parameters: { style: 'calm' } })
    expect(own.json.property_types).toEqual(['garden', 'pool'])
    for (const { scene_type } of own.json.storyboard.scenes) expect(['garden', 'pool']).toContain(scene_type)
  })

  it('is refused with the types that the storyboard has and may not have', async () => {
    api.letWrite(() => Promise.reject(new SceneTypesInvalid(['cellar', 'attic'])))
    expect(await photos({ campaign_id })).toMatchObject({
      status: 400,
      json: { error: 'Scene types do not match allowed property types', invalid_types: ['cellar', 'attic'] },
    })
  })
})

describe.each([
  ['POST /jobs/from-image-pairs', pairs],
  ['POST /jobs/from-property-photos', photos],
])('%s is refused', (_, create) => {
  it('without a campaign, and for one that has nothing to show', async () => {
    const refused = async (body: unknown) => {
      const { status, json } = await create(body)
      return { status, ...json }
    }
    const { campaign, client } = await api.stranger()
    expect(await refused({})).toEqual({ status: 400, error: 'campaign_id is required' })
    expect(await refused({ campaign_id: null, client_id })).toEqual({ status: 400, error: 'campaign_id is required' })
    for (const id of [UNKNOWN, 'nonsense']) {
      expect(await refused({ campaign_id: id })).toEqual({ status: 404, error: 'Campaign not found' })
    }
    expect(await refused({ campaign_id: campaign.id })).toEqual({ status: 400, error: 'Campaign has no assets' })
    const owner = { campaignId: campaign.id, clientId: client.id }
    await api.db.asset.create({ data: { ...owner, name: 'a', type: 'audio', tags: [], metadata: {} } })
    await api.db.asset.create({
      data: { ...owner, name: 'b', type: 'image', blobHash: 'b', size: 1, tags: [], metadata: {} },
    })
    expect(await refused({ campaign_id: campaign.id })).toEqual({
      ...{ status: 400, error: 'Need at least 2 image assets to start the pipeline, found 1' },
    })
  })

  it("for a client that is not the campaign's", async () => {
    const { client } = await api.stranger()
    const before = await api.db.job.count()
    for (const body of [
      { client_id: client.id },
      { clientId: client.id },
      { client_id: UNKNOWN },
      { client_id: 'nonsense' },
    ]) {
      const { status, json } = await create({ campaign_id, ...body })
      expect({ status, json }).toEqual({
        status: 422,
        json: { error: 'Validation failed', details: { client_id: ["is not the campaign's client"] } },
      })
    }
    expect(await api.db.job.count()).toBe(before)
    expect((await create({ campaign_id, client_id: client_id.toUpperCase() })).status).toBe(201)
    expect((await create({ campaign_id, client_id: ' ' })).status).toBe(201)
  })

  it('when nobody can write its storyboard, and says why', async () => {
    api.letWrite(() => Promise.reject(new Error('The language model is out of words.')))
    const { status, json } = await create({ campaign_id })
    expect({ status, json }).toEqual({
      status: 500,
      json: {
        error: 'Failed to generate scenes',
        reason: 'The language model is out of words.',
        job_id: expect.any(Number),
      },
    })
  })

  it.each([
    [{ clip_duration: 'long' }, { clip_duration: ['must be a number of seconds'] }],
    [{ clip_duration: 0 }, { clip_duration: [expect.any(String)] }],
    [{ parameters: 'none' }, { parameters: ['must be an object'] }],
    [{ parameters: { aspect_ratio: '4:3' } }, { 'parameters.aspect_ratio': ['must be one of 16:9, 9:16, 1:1'] }],
    [{ parameters: { fps: 23 } }, { 'parameters.fps': ['must be one of 24, 25, 30, 50, 60'] }],
    [{ parameters: { transition_duration: 9 } }, { 'parameters.transition_duration': ['must be 0.1 to 2 seconds'] }],
    [{ parameters: { variants: '9' } }, { 'parameters.variants': ['must be 4 at most'] }],
    [{ parameters: { budget_usd: 'much' } }, { 'parameters.budget_usd': ['must be a number of US dollars'] }],
    [{ parameters: { music_asset_id: UNKNOWN } }, { 'parameters.music_asset_id': ['names no asset of this client'] }],
    [{ callback_url: 'http://example.com/hook' }, { callback_url: [expect.any(String)] }],
  ])('for %j', async (body, details) => {
    const { status, json } = await create({ campaign_id, ...body })
    expect({ status, json }).toEqual({ status: 422, json: { error: 'Validation failed', details } })
  })

  it('for a model that is not there', async () => {
    const { status, json } = await create({ campaign_id, video_model: 'sora' })
    expect({ status, ...json }).toEqual({ status: 422, error: expect.stringMatching(/sora.*veo3/) })
  })
})

describe('POST /campaigns/:id/create-job', () => {
  it('answers 201 with where the job is, is approved and is watched', async () => {
    const { status, json } = await fromCampaign({})
    const self = `/api/v3/jobs/${json.data.id}`
    expect(status).toBe(201)
    expect(json).toEqual({
      data: {
        ...{ id: expect.any(Number), type: 'campaign', status: 'pending', campaign_id, asset_count: 3, scene_count: 4 },
        parameters: { num_scenes: 4, clip_duration: 4, style: null, music_genre: null, duration_seconds: 30 },
      },
      links: { self, approve: `${self}/approve`, status: self },
    })
    expect((await api.call('GET', json.links.status)).json.job_id).toBe(json.data.id)
    expect((await api.call('POST', json.links.approve)).status).toBe(200)
  })

  it('takes its fields in both spellings, its numbers as strings', async () => {
    const parameters = { num_scenes: 2, clip_duration: 6, style: 'calm', music_genre: 'jazz', duration_seconds: 12 }
    const camel = { numScenes: '2', clipDuration: '6', style: 'calm', musicGenre: 'jazz', durationSeconds: '12' }
    for (const body of [parameters, camel]) {
      const { json } = await fromCampaign(body)
      expect(json.data).toMatchObject({ scene_count: 2, parameters })
    }
    const { json } = await fromCampaign({
      num_scenes: 2,
      parameters: { style: 'calm', aspect_ratio: '9:16', own: [1] },
    })
    expect(json.data.parameters).toMatchObject({ num_scenes: 2, style: 'calm', aspect_ratio: '9:16', own: [1] })
    const { settings } = await api.db.job.findUniqueOrThrow({ where: { id: json.data.id } })
    expect(settings).toMatchObject({ style: 'calm', aspectRatio: '9:16' })
    // Without a number of scenes the length of the film decides.
    expect((await fromCampaign({ duration_seconds: 12 })).json.data.scene_count).toBe(3)
  })

  it.each([
    // Veo renders 4, 6 or 8 seconds.
    [{ duration_seconds: 30, clip_duration: 8 }, [8, 8, 8, 6]],
    [{ duration_seconds: 20, num_scenes: 3 }, [6, 6, 8]],
    [{ duration_seconds: 3 }, [4]],
    [{ duration_seconds: 30, num_scenes: 2, clip_duration: 4 }, [4, 4]],
  ])('fits the scenes to the length that %j asks for', async (body, durations) => {
    const { json } = await fromCampaign({ ...body, model: 'veo3' })
    const job = (await api.v3('GET', `/jobs/${json.data.id}`)).json
    expect(job.storyboard.scenes.map(({ duration }: { duration: number }) => duration)).toEqual(durations)
  })

  it.each([
    [
      'has too few images',
      422,
      'no_assets',
      () => api.stranger().then(({ campaign }) => fromCampaign({}, campaign.id)),
    ],
    ['is unknown', 404, 'not_found', () => fromCampaign({}, UNKNOWN)],
    ['is asked for nonsense', 422, 'validation_failed', () => fromCampaign({ num_scenes: 'many' })],
    ['is asked for too many scenes', 422, 'job_creation_failed', () => fromCampaign({ num_scenes: 101 })],
    ['is asked for a model that is not there', 422, 'job_creation_failed', () => fromCampaign({ model: 'sora' })],
  ])('is refused with a code when the campaign %s', async (_, expected, code, ask) => {
    const { status, json } = await ask()
    expect({ status, json }).toMatchObject({ status: expected, json: { error: { code, message: expect.any(String) } } })
  })

  it('is refused with a code when nobody can write its storyboard', async () => {
    api.letWrite(() => Promise.reject(new Error('The language model is out of words.')))
    const { status, json } = await fromCampaign({})
    expect({ status, json }).toEqual({
      status: 500,
      json: {
        error: {
          code: 'scene_generation_failed',
          message: 'Failed to generate scenes: The language model is out of words.',
        },
      },
    })
  })
})

describe('the photos of a job', () => {
  const [one, two, three] = api.pictures.map(({ id }) => id) as [string, string, string]
  const shownBy = async (jobId: number): Promise<string[]> => {
    const { json } = await api.v3('GET', `/jobs/${jobId}`)
    return [...new Set<string>(json.storyboard.scenes.flatMap((scene: { asset_ids: string[] }) => scene.asset_ids))]
  }

  it.each([
    ['from-image-pairs', (body: object) => pairs({ campaign_id, ...body })],
    ['from-property-photos', (body: object) => photos({ campaign_id, ...body })],
    ['create-job', fromCampaign],
  ])('are those that it names, of all that the campaign has: %s', async (_, create) => {
    for (const body of [{ asset_ids: [three, one] }, { assetIds: [three.toUpperCase(), ` ${one} `] }]) {
      const { status, json } = await create(body)
      expect(status).toBe(201)
      const id = json.job_id ?? json.data.id
      expect((await shownBy(id)).sort()).toEqual([one, three].sort())
      expect((await api.v3('GET', `/jobs/${id}`)).json.asset_ids).toEqual([three, one])
      // It has its storyboard already.
      expect((await api.v3('POST', `/jobs/${id}/copy`)).json.asset_ids).toEqual([three, one])
    }
    const { json } = await create({ asset_ids: null })
    expect(await shownBy(json.job_id ?? json.data.id)).toHaveLength(3)
  })

  it('are shown in the order in which it names them, one pair for each at most', async () => {
    const { json } = await pairs({ campaign_id, asset_ids: [three, one, two], num_pairs: 3 })
    expect(json).toMatchObject({ scene_count: 3, num_pairs: 3, total_assets: 3, asset_ids: [three, one, two] })
    expect(json.storyboard.scenes.map(({ asset_ids }: { asset_ids: string[] }) => asset_ids)).toEqual([
      [three, one],
      [one, two],
      [two, three],
    ])
    expect((await pairs({ campaign_id, asset_ids: [two, one] })).json.scene_count).toBe(1)
  })

  it('are refused by their ids, and before anything is written', async () => {
    const { campaign, client } = await api.stranger()
    const owner = { campaignId: campaign.id, clientId: client.id }
    const foreign = await createAsset(api.db, { ...owner, name: 'a', type: 'image', blobHash: 'a' })
    const sound = await api.asset('audio')
    const own = { campaignId: campaign_id, clientId: client_id }
    const empty = await createAsset(api.db, { ...own, name: 'b', type: 'image' })
    const gone = await api.asset('image')
    await api.v3('DELETE', `/assets/${gone.id}`)
    const before = await api.db.job.count()
    const wrong: [asset_ids: unknown, problems: string[]][] = [
      [[one, foreign.id], [`${foreign.id} is no asset of this campaign`]],
      [
        [one, UNKNOWN, 'nonsense'],
        [`${UNKNOWN} is no asset of this campaign`, 'nonsense is no asset of this campaign'],
      ],
      [[one, two, gone.id], [`${gone.id} is no asset of this campaign`]],
      [[one, two, sound.id], [`${sound.id} is audio, not an image`]],
      [[one, empty.id], [`${empty.id} has neither bytes nor an address to fetch them from`]],
      [[one, two, one], [`${one} is named more than once`]],
      [[one], ['name 1 photo, and a film needs 2 at least']],
      [[], ['name 0 photos, and a film needs 2 at least']],
      [one, ['must be a list of ids']],
    ]
    for (const [asset_ids, problems] of wrong) {
      const refused = { status: 422, json: { error: 'Validation failed', details: { asset_ids: problems } } }
      const { status, json } = await photos({ campaign_id, asset_ids })
      expect({ status, json }).toEqual(refused)
    }
    const few = await pairs({ campaign_id, asset_ids: [one, two], num_pairs: 3 })
    expect(few.json.details.asset_ids).toEqual([
      'name 2 photos, too few for 3 pairs: name more, or ask for fewer (num_pairs)',
    ])
    const coded = await fromCampaign({ asset_ids: [one] })
    expect(coded).toMatchObject({ status: 422, json: { error: { code: 'validation_failed' } } })
    expect(await api.db.job.count()).toBe(before)
    await api.db.asset.deleteMany({ where: { id: { in: [sound.id, empty.id] } } })
  })

  it('do without one that was deleted at the same moment, and it is said', async () => {
    const chosen = { campaignId: campaign_id, assetIds: [two, UNKNOWN, one] }
    const { signal } = new AbortController()
    const { photos, missing } = await fetchPhotos(api.deps as unknown as ActivityDeps, chosen, { signal })
    expect(photos.map(({ id }) => id)).toEqual([two, one])
    expect(missing).toEqual([{ id: UNKNOWN, name: UNKNOWN, reason: 'It was deleted.' }])
  })
})

describe('GET /models', () => {
  interface Model {
    id: string
    kind: string
    durations: number[]
    rates: { unit: string; price: number; seconds: number | null; is_bought: boolean }[]
  }

  it('tells the prices that estimates are made of', async () => {
    const { data, meta } = (await api.v3('GET', '/models')).json as { data: Model[]; meta: object }
    expect(meta).toEqual({ total: data.length, currency: 'USD' })
    const bought = (model: Model | undefined, length = 1) => {
      const rate = model?.rates.find(({ is_bought, seconds }) => is_bought && (seconds ?? length) === length)
      return (rate?.price ?? 0) * (rate?.unit === 'second' ? length : 1)
    }
    const music = bought(data.find(({ kind }) => kind === 'music'))
    const films = data.filter(({ kind }) => kind === 'video')
    expect(films.map(({ id }) => id).slice(0, 3)).toEqual(['veo3', 'veo-3.1-fast', 'hailuo-02'])
    for (const model of films) {
      const shortest = model.durations[0] ?? 0
      for (const seconds of [shortest, model.durations.at(-1) ?? 0]) {
        const auto_generate_audio = seconds === shortest
        const body = { campaign_id, video_model: model.id, clip_duration: seconds, num_pairs: 2 }
        const { json } = await pairs({ ...body, parameters: { auto_generate_audio } })
        const expected = 2 * (bought(model, seconds) + (auto_generate_audio ? music : 0))
        expect(json.estimated_cost, `${model.id}, ${seconds} s`).toBeCloseTo(expected, 6)
        const scenes: { estimated_cost: number }[] = json.storyboard.scenes
        expect(scenes.map((scene) => scene.estimated_cost * 2)).toEqual([json.estimated_cost, json.estimated_cost])
      }
    }
  })

  it('names what is configured, and where the prices were read', async () => {
    const { data } = (await api.v3('GET', '/models')).json
    expect(data[0]).toEqual({
      ...{ id: 'veo3', kind: 'video', name: 'Veo 3.1', is_default: true },
      ...{ aliases: expect.arrayContaining(['veo-3.1']), durations: [4, 6, 8], aspect_ratios: ['16:9', '9:16'] },
      ...{ voices: null, last_frame: true, is_draft: false },
      rates: [
        { unit: 'second', price: 0.2, resolution: '720p', audio: false, seconds: null, is_bought: true },
        { unit: 'second', price: 0.4, resolution: '720p', audio: true, seconds: null, is_bought: false },
        { unit: 'second', price: 0.2, resolution: '1080p', audio: false, seconds: null, is_bought: false },
        { unit: 'second', price: 0.4, resolution: '1080p', audio: true, seconds: null, is_bought: false },
      ],
      ...{ price_source: 'replicate.com/google/veo-3.1', priced_as_of: '2026-04' },
    })
    expect(data.filter(({ is_default }: { is_default: boolean }) => is_default)).toHaveLength(3)
    expect(data.at(-1)).toMatchObject({ kind: 'voice', voices: expect.arrayContaining(['Luna']) })
  })
})

describe('a campaign whose images are only URLs', () => {
  async function imported(urls: string[]) {
    const { campaign, client } = await api.stranger()
    for (const [n, sourceUrl] of urls.entries()) {
      const owner = { campaignId: campaign.id, clientId: client.id, insertedAt: new Date(n) }
      await createAsset(api.db, { ...owner, name: `photo ${n}`, type: 'image', sourceUrl })
    }
    return campaign.id
  }
  const at = (path: string) => `${origin.url}${path}`

  it.each([
    ['from-image-pairs', (id: string) => pairs({ campaign_id: id })],
    ['from-property-photos', (id: string) => photos({ campaign_id: id })],
    ['create-job', (id: string) => fromCampaign({}, id)],
  ])('has a storyboard of those that can be fetched: %s', async (_, create) => {
    const id = await imported([at('/photo-1.jpg'), at('/gone.jpg'), at('/photo-2.jpg')])
    const { status, json } = await create(id)
    expect(status).toBe(201)
    const jobId = json.job_id ?? json.data.id
    const assets = await api.db.asset.findMany({ where: { campaignId: id }, orderBy: { insertedAt: 'asc' } })
    expect(assets.map(({ blobHash }) => blobHash !== null)).toEqual([true, false, true])
    const { scenes } = (await api.v3('GET', `/jobs/${jobId}`)).json.storyboard
    const shown = new Set(scenes.flatMap((scene: { asset_ids: string[] }) => scene.asset_ids))
    expect([...shown].sort()).toEqual([assets[0]?.id, assets[2]?.id].sort())
    const event = await api.db.jobEvent.findFirstOrThrow({ where: { jobId, type: 'storyboard' } })
    expect(event.data).toMatchObject({
      ...{ left_out_total: 1, left_out: [{ name: 'photo 1', reason: expect.stringMatching(/answered 404/) }] },
    })
  })

  it('is made without a photo that shows another again and one of what was not asked for, and says so', async () => {
    const id = await imported(['/real0', '/real3', '/real1', '/real2'].map(at))
    await api.db.asset.updateMany({ where: { campaignId: id, name: 'photo 2' }, data: { tags: ['garage'] } })
    const property_types = ['exterior', 'kitchen']
    const { json } = await photos({ campaign_id: id, property_types })
    expect(json.scene_count).toBe(2)
    const [first, repeated, garage, last] = await api.db.asset.findMany({
      ...{ where: { campaignId: id }, orderBy: { insertedAt: 'asc' } },
    })
    const said = [
      { asset_id: first?.id, name: 'photo 0', type: 'exterior', confidence: 0, left_out: null },
      {
        ...{ asset_id: repeated?.id, name: 'photo 1', type: null, confidence: null },
        left_out: 'It shows the same as photo 0.',
      },
      {
        ...{ asset_id: garage?.id, name: 'photo 2', type: null, confidence: 0.9 },
        left_out: 'Its tags say “garage”, which is not asked for.',
      },
      { asset_id: last?.id, name: 'photo 3', type: 'kitchen', confidence: 0, left_out: null },
    ]
    expect(json.storyboard.photos).toEqual(said)
    const { left_out_total } = (
      await api.db.jobEvent.findFirstOrThrow({ where: { jobId: json.job_id, type: 'storyboard' } })
    ).data as { left_out_total: number }
    expect(left_out_total).toBe(2)

    // A copy tells the same. Whoever puts a photo in is not told any more that it is left out.
    const copy = (await api.v3('POST', `/jobs/${json.job_id}/copy`)).json
    expect(copy.storyboard.photos).toEqual(said)
    const [scene] = copy.storyboard.scenes
    await api.v3('PATCH', `/jobs/${copy.job_id}/scenes/${scene.id}`, { asset_ids: [first?.id, garage?.id] })
    const edited = (await api.v3('GET', `/jobs/${copy.job_id}`)).json.storyboard.photos
    expect(edited.map(({ left_out }: { left_out: string | null }) => left_out !== null)).toEqual([
      ...[false, true, false, false],
    ])

    // Photos from before anything was computed of them are looked at when they are first needed.
    await api.db.asset.updateMany({ where: { campaignId: id }, data: { look: Prisma.DbNull } })
    expect((await photos({ campaign_id: id, property_types })).json.storyboard.photos).toEqual(said)
    const looks = await api.db.asset.findMany({ where: { campaignId: id }, select: { look: true } })
    expect(looks.every(({ look }) => look !== null)).toBe(true)
  })

  it('tells what a language model took its photos for, and which it could not place', async () => {
    const id = await imported(['/real0', '/real1', '/real2'].map(at))
    const template = createTemplateWriter()
    api.letWrite(async (brief, ...rest) => {
      const [one, two, three] = brief.photos.map((photo) => photo.id) as [string, string, string]
      const types = [
        { id: one, type: 'kitchen', confidence: 0.95 },
        { id: two, type: null, confidence: 0.7 },
        { id: three, type: 'kitchen', confidence: 0.6 },
      ]
      const photos = brief.photos.filter((photo) => photo.id !== two)
      return { ...(await template.write({ ...brief, photos, sceneCount: 1 }, ...rest)), source: 'grok', photos: types }
    })
    const { json } = await photos({ campaign_id: id, property_types: ['kitchen'] })
    const said = json.storyboard.photos.map(({ type, confidence, left_out }: Record<string, unknown>) => {
      return [type, confidence, left_out]
    })
    expect(said).toEqual([
      ['kitchen', 0.95, null],
      [null, 0.7, 'It shows none of the property types that were asked for.'],
      ['kitchen', 0.6, null],
    ])
  })

  it('is refused with what is wrong with them when too few can be fetched', async () => {
    const id = await imported([at('/photo-1.jpg'), at('/gone.jpg'), at('/lost.jpg')])
    const { status, json } = await pairs({ campaign_id: id })
    expect({ status, json }).toMatchObject({
      status: 500,
      json: { error: 'Failed to generate scenes', reason: expect.stringMatching(/found 1; photo 1 .*nor 1 more.*404/) },
    })
  })

  it('lends none of them to a scene, nor a sound to the film, before it was fetched, and says how to', async () => {
    const owner = { campaignId: campaign_id, clientId: client_id, sourceUrl: at('/photo-1.jpg') }
    const picture = await createAsset(api.db, { ...owner, name: 'a', type: 'image' })
    const sound = await createAsset(api.db, { ...owner, name: 'b', type: 'audio' })
    const { id, scenes } = await api.job()
    const edit = () => api.v3('PATCH', `/jobs/${id}/scenes/${scenes[0]?.id}`, { asset_ids: [picture.id] })
    const howTo = (assetId: string) => [expect.stringContaining(`GET /assets/${assetId}/data fetches it, or npm run`)]
    expect(await edit()).toMatchObject({ status: 422, json: { details: { asset_ids: howTo(picture.id) } } })
    const scored = await pairs({ campaign_id, parameters: { music_asset_id: sound.id } })
    expect(scored).toMatchObject({ status: 422, json: { details: { 'parameters.music_asset_id': howTo(sound.id) } } })
    expect((await api.request(`/api/v3/assets/${picture.id}/data`)).status).toBe(200)
    expect((await edit()).status).toBe(200)
  })

  it('is not waited for longer than its storyboard has', async () => {
    const id = await imported([at('/photo-1.jpg'), at('/never.jpg'), at('/never.jpg?2')])
    const { signal } = new AbortController()
    const found = await fetchPhotos(api.deps as unknown as ActivityDeps, { campaignId: id }, { signal, seconds: 1 })
    expect(found.photos).toHaveLength(1)
    const reason = expect.stringMatching(/not fetched in time: npm run backfill/)
    expect(found.missing).toMatchObject([{ reason }, { reason }])
    // By their ids alone: logs have no words of clients.
    const logged = api.logLines.findLast((line) => line.includes('could not be fetched')) ?? '{}'
    expect(JSON.parse(logged)).toMatchObject({ campaignId: id, missing: found.missing.map((photo) => photo.id) })
  })
})
