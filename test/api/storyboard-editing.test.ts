import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { approveJob } from '../../prisma/queries/decisions.ts'
import { type JobApi, SETTINGS, startJobApi, UNKNOWN } from './sample-jobs.ts'

let api: JobApi
beforeAll(async () => {
  api = await startJobApi({ MAX_SCENES: '4' })
})
afterAll(() => api.close())

const titles = (storyboard: { scenes: { title: string }[] }) => storyboard.scenes.map(({ title }) => title)
const read = async (id: number) => (await api.v3('GET', `/jobs/${id}`)).json

describe('a scene', () => {
  it.each(['PUT', 'PATCH'])(
    'is edited by its id with %s: the given fields change, the version grows',
    async (method) => {
      const job = await api.job()
      const [, scene] = job.scenes
      const [first] = api.pictures
      const answer = await api.v3(method, `/jobs/${job.id}/scenes/${scene?.id}`, {
        prompt: 'A calm glide',
        duration: '5',
        assetIds: [first.id],
        musicStyle: 'jazz',
      })
      expect(answer).toMatchObject({
        status: 200,
        json: {
          job_id: job.id,
          job_status: 'pending',
          storyboard_version: 2,
          scene: {
            ...{
              id: scene?.id,
              job_id: job.id,
              title: 'Two',
              prompt: 'A calm glide',
              music_style: 'jazz',
              position: 1,
            },
            // 5 seconds are not rendered, 6 are; one picture is both the first and the last.
            ...{ duration: 6, asset_ids: [first.id, first.id], status: 'pending', video_blob_size: null },
          },
        },
      })
      expect(answer.headers.get('etag')).toBe('"2"')
      const after = await read(job.id)
      expect(after).toMatchObject({ storyboard_version: 2, storyboard: { total_duration: 14 } })
      // 14 seconds at $0.20.
      expect(after.costs.estimated).toBeCloseTo(2.8)
    },
  )

  it('is edited by its place', async () => {
    const job = await api.job()
    const answer = await api.v3('PATCH', `/jobs/${job.id}/storyboard/scenes/0`, { title: null, sceneType: 'hall' })
    expect(answer).toMatchObject({
      status: 200,
      json: { scene: { id: job.scenes[0]?.id, title: null, scene_type: 'hall' } },
    })
    for (const index of ['3', '-1', 'x', '1e1', '99999']) {
      const unknown = await api.v3('PATCH', `/jobs/${job.id}/storyboard/scenes/${index}`, { title: 'x' })
      expect(unknown, index).toMatchObject({ status: 404, json: { error: 'Scene not found' } })
    }
  })

  it('is dropped, and those behind it move up; the last one stays', async () => {
    const job = await api.job()
    const ids = job.scenes.map(({ id }) => id)
    const dropped = await api.v3('DELETE', `/jobs/${job.id}/scenes/${ids[0]}`)
    expect(dropped.status).toBe(204)
    expect(dropped.headers.get('etag')).toBe('"2"')
    const { storyboard } = await read(job.id)
    expect(storyboard).toMatchObject({
      total_duration: 8,
      scenes: [
        { id: ids[1], time_start: 0 },
        { id: ids[2], time_start: 4 },
      ],
    })
    expect(
      (await api.v3('GET', `/jobs/${job.id}/scenes`)).json.scenes.map(({ position }: { position: number }) => position),
    ).toEqual([0, 1])
    expect((await api.v3('DELETE', `/jobs/${job.id}/scenes/${ids[1]}`)).status).toBe(204)
    const last = await api.v3('DELETE', `/jobs/${job.id}/scenes/${ids[2]}`)
    expect(last).toMatchObject({ status: 422, json: { error: 'A storyboard keeps at least one scene' } })
    expect((await read(job.id)).storyboard_version).toBe(3)
  })

  it.each(['PUT', 'PATCH', 'DELETE'])(
    'that is unknown is 404 for %s, whatever is wrong with its id',
    async (method) => {
      const job = await api.job()
      const other = await api.job()
      const body = method === 'DELETE' ? undefined : { title: 'x' }
      for (const id of [UNKNOWN, 'nonsense', other.scenes[0]?.id]) {
        expect(await api.v3(method, `/jobs/${job.id}/scenes/${id}`, body)).toMatchObject({
          status: 404,
          json: { error: 'Scene not found' },
        })
      }
      for (const id of ['2147483647', '0', 'abc', '99999999999']) {
        const answer = await api.v3(method, `/jobs/${id}/scenes/${UNKNOWN}`, body)
        expect(answer, id).toMatchObject({ status: 404, json: { error: 'Job not found' } })
      }
    },
  )

  it.each([
    { field: 'prompt', value: 7 },
    { field: 'duration', value: 0 },
    { field: 'duration', value: 'soon' },
    { field: 'asset_ids', value: [] },
    { field: 'asset_ids', value: ['nonsense'] },
    { field: 'asset_ids', value: [UNKNOWN] },
    { field: 'asset_ids', value: 'x' },
    { field: 'transition', value: 'star wipe' },
    { field: 'transition_duration', value: 3 },
    { field: 'overlays', value: [{ kind: 'shout', text: 'Hi' }] },
    { field: 'overlays', value: [{ kind: 'title', text: ' ' }] },
    { field: 'overlays', value: ['a', 'b'].map((text) => ({ kind: 'title', text })) },
    { field: 'caption', value: '🏡'.repeat(301) },
    { field: 'keep_clip_audio', value: 'loudly' },
    { field: 'title', value: 'x'.repeat(501) },
    { field: 'storyboard_version', value: 'newest' },
  ])('is refused with $field $value', async ({ field, value }) => {
    const job = await api.job()
    const answer = await api.v3('PATCH', `/jobs/${job.id}/scenes/${job.scenes[0]?.id}`, { [field]: value })
    expect(answer).toMatchObject({ status: 422, json: { error: 'Validation failed' } })
    expect(Object.keys(answer.json.details)[0]).toMatch(new RegExp(`^${field}`))
    expect((await read(job.id)).storyboard_version).toBe(1)
  })

  it('says one thing of a field that is no list, or no text', async () => {
    const job = await api.job()
    const edit = { overlays: 'hello', asset_ids: { length: 3 }, title: Array.from({ length: 501 }) }
    const { status, json } = await api.v3('PATCH', `/jobs/${job.id}/scenes/${job.scenes[0]?.id}`, edit)
    expect({ status, details: json.details }).toEqual({
      status: 422,
      details: {
        overlays: ['must be a list of overlays'],
        asset_ids: ['must be a list of ids'],
        title: ['must be a string'],
      },
    })
  })

  it("takes only images of the job's own client", async () => {
    const job = await api.job()
    const stranger = await api.stranger()
    const foreign = await api.asset('image', { owner: stranger.client.id })
    const sound = await api.asset('audio')
    for (const { id } of [foreign, sound]) {
      const answer = await api.v3('PATCH', `/jobs/${job.id}/scenes/${job.scenes[0]?.id}`, { asset_ids: [id] })
      expect(answer).toMatchObject({ status: 422, json: { details: { asset_ids: [expect.stringContaining(id)] } } })
    }
  })

  it('of a property job keeps to its scene types', async () => {
    const job = await api.job({ type: 'property_photos', settings: { propertyTypes: ['kitchen', 'bedroom'] } })
    const at = `/jobs/${job.id}/scenes/${job.scenes[0]?.id}`
    expect((await api.v3('PATCH', at, { scene_type: 'bedroom' })).json.scene.scene_type).toBe('bedroom')
    const wrong = await api.v3('PATCH', at, { scene_type: 'garage' })
    expect(wrong).toMatchObject({ status: 422, json: { details: { scene_type: ['must be one of kitchen, bedroom'] } } })
  })

  it('never gets a prompt that its model refuses', async () => {
    const job = await api.job({ settings: { videoModel: 'hailuo-02' } })
    const at = `/jobs/${job.id}/scenes/${job.scenes[0]?.id}`
    const long = await api.v3('PATCH', at, { prompt: 'x'.repeat(2001) })
    expect(long).toMatchObject({ status: 422, json: { details: { prompt: [expect.stringContaining('hailuo-02')] } } })
    expect((await api.v3('PATCH', at, { prompt: 'x'.repeat(2000) })).json.scene.duration).toBe(6)
  })
})

describe('the form of a film', () => {
  it('is said in the storyboard: transitions under their usual names too, words, sound', async () => {
    const job = await api.job()
    const at = `/jobs/${job.id}/scenes/${job.scenes[0]?.id}`
    const asked = {
      ...{ transition: 'Fade through black', transition_duration: '1', caption: 'The pier', keep_clip_audio: 'false' },
      overlays: [{ kind: 'title', text: ` It's 100% "yours": 🏡 ` }],
    }
    const { status, json } = await api.v3('PATCH', at, asked)
    expect(status).toBe(200)
    expect(json.scene).toMatchObject({
      ...{ transition: 'fade_black', transition_duration: 1, caption: 'The pier', keep_clip_audio: false },
      overlays: [{ kind: 'title', text: `It's 100% "yours": 🏡` }],
    })
    const { storyboard } = await read(job.id)
    expect(storyboard).toMatchObject({ total_duration: 12, film_duration: 11 })
    expect(
      storyboard.scenes.map((scene: { time_start: number; time_end: number }) => [scene.time_start, scene.time_end]),
    ).toEqual([
      [0, 4],
      [3, 7],
      [7, 11],
    ])
    const same = await api.v3('PUT', `/jobs/${job.id}/storyboard`, storyboard)
    expect(same.json.storyboard).toEqual(storyboard)
    expect((await api.v3('PATCH', at, { overlays: [], caption: null })).json.scene).toMatchObject({
      ...{ overlays: [], caption: null, transition: 'fade_black', transition_duration: 1 },
    })
    const asUsual = await api.v3('PATCH', at, { transition_duration: null, keep_clip_audio: null })
    expect(asUsual.json.scene).toMatchObject({ transition_duration: null, keep_clip_audio: null })
    await api.v3('PATCH', at, { transition_duration: 1 })
    const copy = await api.v3('POST', `/jobs/${job.id}/copy`)
    expect((await read(copy.json.job_id)).storyboard.film_duration).toBe(11)
  })
})

describe('a whole storyboard', () => {
  it('is put in another order, with scenes added, dropped and edited', async () => {
    const job = await api.job()
    const [one, , three] = job.scenes
    const [first, second] = api.pictures
    const answer = await api.v3('PUT', `/jobs/${job.id}/storyboard`, {
      scenes: [
        { id: three?.id },
        { title: 'New', asset_ids: [first.id, second.id] },
        { id: one?.id, title: 'Last', duration: 8 },
      ],
    })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('etag')).toBe('"2"')
    expect(titles(answer.json.storyboard)).toEqual(['Three', 'New', 'Last'])
    expect(answer.json).toMatchObject({
      storyboard_version: 2,
      costs: { estimated: 3.2 },
      storyboard: {
        total_duration: 16,
        scenes: [{ prompt: 'Three prompted' }, { duration: 4, transition: 'cut', prompt: null }, {}],
      },
    })
    expect(await read(job.id)).toMatchObject({ storyboard: answer.json.storyboard })
  })

  it('takes back what GET shows', async () => {
    const job = await api.job()
    const before = await read(job.id)
    const answer = await api.v3('PUT', `/jobs/${job.id}/storyboard`, before.storyboard)
    expect(answer).toMatchObject({ status: 200, json: { storyboard: before.storyboard, storyboard_version: 2 } })
  })

  it('is refused whole when one scene is wrong', async () => {
    const job = await api.job()
    const scenes = job.scenes.map(({ id }) => ({ id }))
    const put = (given: unknown) => api.v3('PUT', `/jobs/${job.id}/storyboard`, { scenes: given })
    expect((await put([...scenes, { title: 'New' }])).json.details).toEqual({
      'scenes.3.asset_ids': ['are required for a new scene'],
    })
    expect((await put([{ id: UNKNOWN }])).json.details).toHaveProperty(['scenes.0.id'])
    expect((await put([scenes[0], scenes[0]])).json.details).toHaveProperty(['scenes.1.id'])
    expect((await put([])).json.details).toHaveProperty('scenes')
    expect((await put(undefined)).status).toBe(422)
    const added = { asset_ids: [api.pictures[0].id] }
    expect((await put([...scenes, added, added])).json.error).toMatch(
      /4 scenes at most \(MAX_SCENES\), and these are 5/,
    )
    expect(await read(job.id)).toMatchObject({ storyboard_version: 1, storyboard: { total_duration: 12 } })
  })
})

describe('versions', () => {
  const CHANGED = /has changed in the meantime/

  it('are shown as ETag and as storyboard_version', async () => {
    const job = await api.job()
    for (const at of [`/jobs/${job.id}`, `/jobs/${job.id}/scenes/${job.scenes[0]?.id}`]) {
      const answer = await api.v3('GET', at)
      expect(answer.json.storyboard_version, at).toBe(1)
      expect(answer.headers.get('etag'), at).toBe('"1"')
    }
  })

  it.each([
    { how: 'If-Match "1"', headers: { 'if-match': '"1"' }, body: {} },
    { how: 'If-Match 1', headers: { 'if-match': '1' }, body: {} },
    { how: 'storyboard_version', headers: {}, body: { storyboard_version: 1 } },
    { how: 'storyboardVersion', headers: {}, body: { storyboardVersion: '1' } },
  ])('that are older than the storyboard are refused by $how', async ({ headers, body }) => {
    const job = await api.job()
    const at = `/jobs/${job.id}/scenes/${job.scenes[0]?.id}`
    const sent = headers as Record<string, string>
    const edit = (title: string) => api.v3('PATCH', at, { title, ...body }, sent)
    expect((await edit('Mine')).status).toBe(200)
    const late = [
      await edit('Yours'),
      await api.v3('PATCH', `/jobs/${job.id}/storyboard/scenes/0`, { title: 'Yours', ...body }, sent),
      await api.v3('PUT', `/jobs/${job.id}/storyboard`, { scenes: [{ id: job.scenes[0]?.id }], ...body }, sent),
      await api.v3('DELETE', at, body, sent),
      await api.v3('POST', `/jobs/${job.id}/approve`, body, sent),
    ]
    for (const { status, json } of late) {
      expect({ status, json }).toEqual({
        status: 409,
        json: { error: expect.stringMatching(CHANGED), job_id: job.id, storyboard_version: 2 },
      })
    }
    expect(await read(job.id)).toMatchObject({ status: 'pending', storyboard: { scenes: [{ title: 'Mine' }, {}, {}] } })
    expect((await api.v3('POST', `/jobs/${job.id}/approve`, { storyboard_version: 2 })).status).toBe(200)
  })

  it('that are none are 400', async () => {
    const job = await api.job()
    const answer = await api.v3('POST', `/jobs/${job.id}/approve`, {}, { 'if-match': '"a", "b"' })
    expect(answer).toMatchObject({ status: 400, json: { error: 'If-Match takes one storyboard_version, such as "3"' } })
  })

  it('let one of many edits of the same version win', async () => {
    const job = await api.job()
    const at = `/jobs/${job.id}/scenes/${job.scenes[0]?.id}`
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) => api.v3('PATCH', at, { title: `Edit ${n}`, storyboard_version: 1 })),
    )
    const won = answers.filter(({ status }) => status === 200)
    expect(won).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(7)
    expect(titles((await read(job.id)).storyboard)[0]).toBe(won[0]?.json.scene.title)
  })

  it('never let an edit and an approval at the same moment both win unseen', async () => {
    for (let n = 0; n < 10; n++) {
      const job = await api.job()
      const [edit, approval] = await Promise.all([
        api.v3('PATCH', `/jobs/${job.id}/scenes/${job.scenes[0]?.id}`, { title: 'Quick' }, { 'if-match': '"1"' }),
        api.v3('POST', `/jobs/${job.id}/approve`, {}, { 'if-match': '"1"' }),
      ])
      expect([edit.status, approval.status].sort()).toEqual([200, 409])
    }
  })

  it('count in the decision itself', async () => {
    const job = await api.job()
    expect(await approveJob(api.db, job.id, { by: 'Anna', note: null }, { storyboardVersion: 2 })).toBe(false)
    expect(await approveJob(api.db, job.id, { by: 'Anna', note: null }, { storyboardVersion: 1 })).toBe(true)
  })
})

interface Priced {
  estimated_cost: number
}
const micro = (usd: number) => Math.round(usd * 1e6)
const readAt = async (path: string) => (await api.v3('GET', path)).json

describe('a storyboard', () => {
  it('has a price for each scene, which together are the price of the job, whatever is edited', async () => {
    const job = await api.job()
    const at = `/jobs/${job.id}`
    const prices = async (path = at) => {
      const { storyboard, estimated_cost } = await readAt(path)
      const scenes: number[] = storyboard.scenes.map((scene: { estimated_cost: number }) => micro(scene.estimated_cost))
      expect(scenes.reduce((sum, one) => sum + one, 0)).toBe(micro(estimated_cost))
      return scenes
    }
    expect(await prices()).toEqual([800_000, 800_000, 800_000])
    await api.v3('PATCH', `${at}/storyboard/scenes/1`, { duration: 8, voice_over: 'Come in.' })
    expect(await prices()).toEqual([800_000, 1_600_320, 800_000])
    const [first, second] = job.scenes
    await api.v3('PUT', `${at}/storyboard`, { scenes: [{ id: second?.id }, { id: first?.id, duration: 6 }] })
    expect(await prices()).toEqual([1_600_320, 1_200_000])
    await api.v3('POST', '/audio/generate-scenes', { job_id: job.id })
    expect(await prices()).toEqual([1_670_320, 1_270_000])
    const copy = (await api.v3('POST', `${at}/copy`)).json
    expect(await prices(`/jobs/${copy.job_id}`)).toEqual([1_670_320, 1_270_000])
    // Rows from before it was kept.
    await api.db.scene.updateMany({ where: { jobId: job.id }, data: { estimateMicroUsd: null } })
    expect(
      (await api.v3('GET', `${at}/scenes`)).json.scenes.map(({ estimated_cost }: Priced) => estimated_cost),
    ).toEqual([1.67032, 1.27])
  })

  it('is closed once the job is approved, and says by whom', async () => {
    const job = await api.job()
    await api.v3('POST', `/jobs/${job.id}/approve`, { by: 'Anna' })
    const at = `/jobs/${job.id}/scenes/${job.scenes[0]?.id}`
    for (const answer of [
      await api.v3('PATCH', at, { title: 'Late' }),
      await api.v3('PUT', at, { title: 'Late' }),
      await api.v3('DELETE', at),
      await api.v3('PATCH', `/jobs/${job.id}/storyboard/scenes/0`, { title: 'Late' }),
      await api.v3('PUT', `/jobs/${job.id}/storyboard`, { scenes: [{ id: job.scenes[0]?.id }] }),
    ]) {
      expect(answer).toMatchObject({
        status: 409,
        json: {
          error: expect.stringMatching(/approved by Anna/),
          job_id: job.id,
          storyboard_version: 1,
          current_status: 'approved',
        },
      })
    }
  })

  it('is closed once the job is rejected or canceled', async () => {
    for (const verb of ['reject', 'cancel']) {
      const job = await api.job()
      await api.v3('POST', `/jobs/${job.id}/${verb}`)
      expect((await api.v3('PATCH', `/jobs/${job.id}/storyboard/scenes/0`, { title: 'Late' })).status, verb).toBe(409)
    }
  })

  it('that is not written yet has no scenes to edit', async () => {
    const job = await api.job({ storyboard: false })
    const put = await api.v3('PUT', `/jobs/${job.id}/storyboard`, { scenes: [{ asset_ids: [api.pictures[0].id] }] })
    expect(put).toMatchObject({ status: 409, json: { error: expect.stringMatching(/not written yet/) } })
  })

  it('tells of each edit in the events', async () => {
    const job = await api.job()
    await api.v3('PATCH', `/jobs/${job.id}/storyboard/scenes/0`, { title: 'Told' })
    const events = await api.db.jobEvent.findMany({ where: { jobId: job.id }, orderBy: { seq: 'asc' } })
    expect(events.at(-1)).toMatchObject({
      type: 'storyboard',
      data: { version: 2, by: 'anyone on this machine', scenes: 3 },
    })
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, n) => n + 1))
  })

  it('estimates generated music too, and none for music of your own', async () => {
    const music = { ...SETTINGS.music, auto: true }
    const generated = await api.job({ settings: { music } })
    const own = await api.job({ settings: { music: { ...music, assetId: (await api.asset('audio')).id } } })
    const estimate = async (id: number) => {
      await api.v3('PATCH', `/jobs/${id}/storyboard/scenes/0`, { title: 'x' })
      return (await read(id)).costs.estimated
    }
    expect(await estimate(own.id)).toBeCloseTo(2.4)
    expect(await estimate(generated.id)).toBeGreaterThan(2.4)
  })
})
