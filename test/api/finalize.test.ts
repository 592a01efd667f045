/** Drafts that are rendered in full quality, models and variants of scenes: what they cost, and what is refused. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { JobSettings } from '../../domain/settings.ts'
import { type JobApi, SETTINGS, startJobApi, UNKNOWN } from './sample-jobs.ts'

let api: JobApi
beforeAll(async () => {
  api = await startJobApi()
})
afterAll(() => api.close())

const get = async (jobId: number) => (await api.v3('GET', `/jobs/${jobId}`)).json
const draftOf = async (jobId: number) => {
  const { settings } = await api.db.job.findUniqueOrThrow({ where: { id: jobId } })
  await api.db.job.update({
    where: { id: jobId },
    data: { settings: { ...JobSettings.parse(settings), quality: 'draft' } },
  })
}
/** A finished draft of three scenes, 4 s each. */
async function draft() {
  const { id, scenes } = await api.film()
  await draftOf(id)
  return { id, scenes, at: `/jobs/${id}/finalize` }
}

describe('POST /jobs/:id/finalize', () => {
  it('queues one revision, for the price that the job told', async () => {
    const { id, at } = await draft()
    expect(await get(id)).toMatchObject({ quality: 'draft', finalize_cost: 2.4 })
    api.told.length = 0
    const answers = await Promise.all([api.v3('POST', at, { by: 'Anna' }), api.v3('POST', at)])
    const queued = answers.filter(({ status }) => status === 202)
    expect(queued).toHaveLength(1)
    expect(queued[0]?.json).toMatchObject({
      ...{ job_id: id, estimated_cost: 2.4 },
      revision: { number: 1, kind: 'finalize', state: 'queued' },
    })
    expect(answers.find(({ status }) => status === 422)?.json).toMatchObject({
      ...{ error: 'Job cannot be finalized', job_id: id, current_status: 'completed' },
      reason: 'It is being rendered in full quality already (revision 1)',
    })
    expect(api.told).toEqual([`revise ${id}`])
    expect(await get(id)).toMatchObject({ status: 'completed', quality: 'draft', revision: { kind: 'finalize' } })
    expect((await api.v3('DELETE', `/jobs/${id}`)).json.error).toMatch(/It is being rendered in full quality/)
  })

  it('is refused where there is no finished draft', async () => {
    const { id } = await api.film()
    const refused = async (jobId: number) => (await api.v3('POST', `/jobs/${jobId}/finalize`)).json.reason
    expect(await refused(id)).toBe('It is no draft: its film is in full quality')
    expect(await get(id)).toMatchObject({ quality: 'final', finalize_cost: null })
    const pending = await api.job({ settings: { quality: 'draft' } })
    expect(await refused(pending.id)).toBe('Only a finished draft is rendered in full quality, and this job is pending')
  })

  it('is refused where a picture was deleted, whatever drafts there are of its scene', async () => {
    const { id, at, scenes } = await draft()
    await api.db.scene.update({ where: { id: scenes[0]?.id }, data: { firstAssetId: UNKNOWN } })
    expect((await api.v3('POST', at)).json.reason).toMatch(/^A picture that scene 1 is to show has been deleted/)
    expect(await api.db.revision.count({ where: { jobId: id } })).toBe(0)
  })

  it('asks the budgets', async () => {
    const { id, at } = await draft()
    await api.db.job.update({ where: { id }, data: { budgetCents: 300 } })
    expect(await api.v3('POST', at)).toMatchObject({
      status: 422,
      json: { error: 'Job cannot be finalized', budget: { scope: 'job', limit: 3, spent: 0.8, this_job: 2.4 } },
    })
    expect((await api.v3('POST', at, { override: true, by: 'Olga' })).status).toBe(202)
    expect((await get(id)).budget_override).toMatchObject({ by: 'Olga' })
  })

  it('pays, after it failed, only for what failed', async () => {
    const { id, at, scenes } = await draft()
    await api.v3('POST', at)
    const [one, two] = scenes
    const revision = await api.db.revision.findFirstOrThrow({ where: { jobId: id } })
    await api.db.revision.update({ where: { id: revision.id }, data: { state: 'failed', startedAt: new Date() } })
    const ended = { state: 'succeeded', finishedAt: new Date(), model: 'veo3', seconds: 4, priceMicroUsd: 800_000 }
    for (const [n, scene] of [one, two].entries()) {
      const key = { jobId: id, sceneId: scene?.id, subject: `scene:${scene?.id}`, attempt: 2 }
      const state = n === 0 ? ended : { ...ended, state: 'failed' }
      await api.db.prediction.create({ data: { ...key, ...state, token: `${id} ${n}` } })
      await api.db.sceneRevision.updateMany({
        where: { revisionId: revision.id, sceneId: scene?.id },
        data: { firstAttempt: 2 },
      })
    }
    expect((await get(id)).finalize_cost).toBe(1.6)
    // What is asked for since makes something else of the scene that is there, unless it comes to nothing.
    const asked = [
      { kind: 'regenerate', takeId: null },
      { kind: 'choose', takeId: 'another take' },
    ]
    for (const [n, { kind, takeId }] of asked.entries()) {
      const later = await api.db.revision.create({ data: { jobId: id, kind, number: n + 2 } })
      const scene = { revisionId: later.id, sceneId: one?.id ?? '', changes: {}, takeId }
      await api.db.sceneRevision.create({ data: scene })
      expect((await get(id)).finalize_cost, kind).toBe(2.4)
      await api.db.revision.update({ where: { id: later.id }, data: { state: 'failed' } })
      expect((await get(id)).finalize_cost, kind).toBe(1.6)
    }
    // For what is there no picture is needed.
    await api.db.scene.update({ where: { id: one?.id }, data: { firstAssetId: UNKNOWN } })
    expect((await api.v3('POST', at)).json).toMatchObject({ estimated_cost: 1.6, revision: { number: 4 } })
  })

  it('asks budgets for the dearest that revisions before it may leave it with', async () => {
    const { id, at, scenes } = await draft()
    await api.db.scene.updateMany({ where: { jobId: id }, data: { model: 'hailuo-02' } })
    const [one, two] = scenes.map((scene) => `/jobs/${id}/scenes/${scene.id}`)
    await api.v3('POST', `${one}/regenerate`, { model: 'veo3' })
    await api.v3('POST', `${one}/regenerate`, { model: 'seedance-1-pro' })
    const clip = { clipHash: 'clip', clipSize: 1, clipDuration: 4, clipFrames: 96, thumbnailHash: 'still' }
    const take = { sceneId: scenes[1]?.id ?? '', attempt: 1, predictionId: `veo ${id}`, isDraft: true, ...clip }
    await api.db.take.create({ data: { ...take, storyboard: { model: 'veo3' } } })
    await api.v3('POST', `${two}/takes/1/choose`)
    expect((await get(id)).finalize_cost).toBeCloseTo(0.8 + 0.8 + 0.27, 6)
    await api.db.job.update({ where: { id }, data: { budgetCents: 200 } })
    const refused = await api.v3('POST', at)
    expect(refused.json.budget?.this_job).toBeCloseTo(1.87, 6)
    expect((await api.v3('POST', at, { override: true })).json.estimated_cost).toBeCloseTo(1.87, 6)
  })
})

describe('a take of a draft', () => {
  it('is shown by the draft, not while it is finalized, and by no film in full quality', async () => {
    const { id, at, scenes } = await draft()
    const sceneId = scenes[0]?.id ?? ''
    const clip = { clipHash: 'clip', clipSize: 1, clipDuration: 4, clipFrames: 96, thumbnailHash: 'still' }
    await api.db.take.create({ data: { sceneId, attempt: 1, predictionId: `draft ${id}`, isDraft: true, ...clip } })
    const choose = () => api.v3('POST', `/jobs/${id}/scenes/${sceneId}/takes/1/choose`)
    expect((await choose()).status).toBe(202)
    // What a finalizing that failed has rendered.
    const inFull = { sceneId, attempt: 2, predictionId: `full ${id}`, isDraft: false, ...clip }
    await api.db.take.create({ data: inFull })
    expect((await api.v3('POST', `/jobs/${id}/scenes/${sceneId}/takes/2/choose`)).json.reason).toMatch(
      /^It is in full quality, and the film is a draft: finalize it/,
    )
    await api.db.take.delete({ where: { predictionId: inFull.predictionId } })
    await api.v3('POST', at)
    expect((await choose()).json.reason).toMatch(
      /being rendered in full quality \(revision 2\): choose when that has ended/,
    )
    await api.db.revision.updateMany({ where: { jobId: id }, data: { state: 'completed' } })
    await api.db.job.update({ where: { id }, data: { settings: SETTINGS } })
    expect((await choose()).json.reason).toMatch(/It is a draft, and the film is in full quality/)
    expect((await api.v3('GET', `/jobs/${id}/scenes/${sceneId}`)).json.scene.takes).toMatchObject([
      { quality: 'draft' },
    ])
  })
})

describe('a scene', () => {
  it('may name its own model: its length, its price and its last frame follow', async () => {
    const job = await api.job()
    const at = `/jobs/${job.id}/scenes/${job.scenes[0]?.id}`
    const { json } = await api.v3('PATCH', at, { model: 'minimax/hailuo-2.3' })
    expect(json.scene).toMatchObject({ model: 'hailuo-2.3', duration: 6, render_cost: 0.28, uses_last_frame: false })
    const { estimated_cost, storyboard } = await get(job.id)
    expect(estimated_cost).toBeCloseTo(0.28 + 2 * 0.8, 6)
    expect(storyboard.scenes).toMatchObject([
      { model: 'hailuo-2.3', uses_last_frame: false },
      { model: null, uses_last_frame: true },
      {},
    ])
    expect((await api.v3('PATCH', at, { prompt: 'x'.repeat(2001) })).json.details.prompt[0]).toMatch(/hailuo-2.3/)
    expect((await api.v3('PATCH', at, { model: 'sora-2' })).json.details).toEqual({
      model: [expect.stringMatching(/^is no video model: choose one of veo3, /)],
    })
    const copied = (await api.v3('POST', `/jobs/${job.id}/copy`)).json.storyboard
    expect(copied.scenes[0]).toMatchObject({ model: 'hailuo-2.3', duration: 6 })
    const back = await api.v3('PUT', `/jobs/${job.id}/storyboard`, storyboard)
    expect(back.json.storyboard).toEqual(storyboard)
    expect((await api.v3('PATCH', at, { model: null, duration: 4 })).json.scene).toMatchObject({
      ...{ model: null, duration: 4, render_cost: 0.8 },
    })
  })

  it('may be bought several times, as the job or it says', async () => {
    const job = await api.job({ settings: { variants: 2 } })
    const at = `/jobs/${job.id}/scenes/${job.scenes[0]?.id}`
    await api.v3('PATCH', at, { variants: 4 })
    expect((await get(job.id)).estimated_cost).toBeCloseTo((4 + 2 + 2) * 0.8, 6)
    expect((await api.v3('PATCH', at, { variants: null })).json.scene.variants).toBeNull()
    expect((await get(job.id)).estimated_cost).toBeCloseTo(6 * 0.8, 6)
    for (const variants of [0, 5, 1.5, 'many']) {
      expect((await api.v3('PATCH', at, { variants })).json.details, `${variants}`).toHaveProperty('variants')
    }
  })

  it('of a draft is priced as a draft, and so is its rendering anew until the job is finalized', async () => {
    const pending = await api.job({ settings: { quality: 'draft' } })
    const one = pending.scenes[0]?.id
    expect((await api.v3('PATCH', `/jobs/${pending.id}/scenes/${one}`, { title: 'x' })).json.scene.render_cost).toBe(
      0.12,
    )
    expect((await get(pending.id)).estimated_cost).toBeCloseTo(3 * 0.12, 6)
    const { id, at, scenes } = await draft()
    const again = (body: object) => api.v3('POST', `/jobs/${id}/scenes/${scenes[0]?.id}/regenerate`, body)
    expect((await again({ variants: 3 })).json.estimated_cost).toBeCloseTo(0.36, 6)
    await api.v3('POST', at)
    expect((await again({ model: 'hailuo-02' })).json.estimated_cost).toBeCloseTo(0.27, 6)
  })

  it('is rendered anew for what the model costs that it may have by then', async () => {
    const { id, scenes } = await api.film()
    await api.db.scene.update({ where: { id: scenes[0]?.id }, data: { model: 'hailuo-02' } })
    const again = (body: object) => api.v3('POST', `/jobs/${id}/scenes/${scenes[0]?.id}/regenerate`, body)
    await again({ model: 'veo3' })
    expect((await again({ variants: 4 })).json.estimated_cost).toBeCloseTo(4 * 0.8, 6)
    const { committedMicroUsd } = await api.db.job.findUniqueOrThrow({ where: { id } })
    expect(committedMicroUsd).toBe(800_000 + 800_000 + 4 * 800_000)
  })

  it('is not rendered anew by a model whose clips are shorter', async () => {
    const { id, scenes } = await api.film()
    await api.db.scene.update({ where: { id: scenes[0]?.id }, data: { duration: 10 } })
    const answer = await api.v3('POST', `/jobs/${id}/scenes/${scenes[0]?.id}/regenerate`, { model: 'veo-3.1-fast' })
    expect(answer).toMatchObject({
      status: 422,
      json: { details: { model: ['veo-3.1-fast renders 8 s at most, and this scene lasts 10 s'] } },
    })
  })
})
