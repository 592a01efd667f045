import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { installationId } from '../../prisma/queries/installation.ts'
import type { Greenlight } from '../../runtime/start-all.ts'
import { revise, videoJobWorkflowId } from '../../workflows/contract.ts'
import { createRevisionHelp, hash } from '../support/revisions.ts'
import { type Answer, type Api, type Base, startBase, startGreenlight } from '../support/stack.ts'

type Body = Answer['body']

let base: Base
let greenlight: Greenlight & { api: Api }
let api: Api
let campaign: string
beforeAll(async () => {
  base = await startBase()
  greenlight = await startGreenlight(base)
  api = greenlight.api
  campaign = await api.campaign(['chelsea.png', 'coffee.png', 'rocket.jpg', 'china.jpg'])
})
afterEach(() => base.simulator.setFaults([]))
afterAll(async () => {
  await greenlight?.stop()
  await base?.stop()
})

const revisions = () => createRevisionHelp(base, api, campaign)
const approved = (mark: string, fields = {}) => revisions().approved(mark, fields)
const revised = (jobId: number, number: number) => revisions().revised(jobId, number)
const scenesOf = (jobId: number) => revisions().scenesOf(jobId)
const billed = (text: string) => revisions().billed(text)

describe('a retry', () => {
  it('pays only for the scenes that failed, and finishes the film', async () => {
    base.simulator.setFaults([{ match: { promptIncludes: 'lake 1' }, fault: { kind: 'fail', error: 'moderation' } }])
    const id = await approved('lake', { num_pairs: 3 })
    expect((await api.ended(id)).body).toMatchObject({ status: 'failed', current_stage: 'failed' })
    expect(billed('lake')).toHaveLength(2)
    base.simulator.setFaults([])

    const answer = await api.post(`/jobs/${id}/retry`, { by: 'Anna' })
    expect(answer).toMatchObject({
      status: 202,
      body: { job_id: id, status: 'processing', revision: { number: 1, kind: 'retry', by: 'Anna' } },
    })
    const job = (await api.ended(id)).body
    expect(job).toMatchObject({ status: 'completed', current_stage: 'completed', progress: { error: null } })
    expect(await revised(id, 1)).toMatchObject({ revision: { number: 1, state: 'completed', error: null } })
    expect(billed('lake')).toHaveLength(3)
    const [, again] = await scenesOf(id)
    expect(again).toMatchObject({ status: 'completed', attempt: 3 })
    const ledger = await greenlight.parts.db.prediction.findMany({ where: { jobId: id, sceneId: again?.id } })
    expect(ledger.map(({ attempt, reason }) => [attempt, reason.slice(0, 26)])).toEqual([
      [1, 'first'],
      [2, 'attempt 1 ended as failed:'],
      [3, 'revision 1, retried by Ann'],
    ])
  })

  it('buys again what the rules allow, counted from the attempt that a person decided on', async () => {
    base.simulator.setFaults([{ match: { promptIncludes: 'bay 0' }, fault: { kind: 'fail', error: 'moderation' } }])
    const id = await approved('bay')
    expect((await api.ended(id)).body.status).toBe('failed')
    base.simulator.setFaults([
      { match: { promptIncludes: 'bay 0' }, times: 1, fault: { kind: 'fail', error: 'moderation' } },
    ])
    await api.post(`/jobs/${id}/retry`)
    expect((await api.ended(id)).body.status).toBe('completed')
    expect((await scenesOf(id))[0]).toMatchObject({ attempt: 4 })
  })

  it('of a job that fails again leaves it failed with the reason, and can be repeated', async () => {
    base.simulator.setFaults([{ match: { promptIncludes: 'fog 2' }, fault: { kind: 'fail', error: 'no GPU' } }])
    const id = await approved('fog', { num_pairs: 3 })
    await api.ended(id)
    await api.post(`/jobs/${id}/retry`)
    const failed = await revised(id, 1)
    expect(failed).toMatchObject({ revision: { kind: 'retry', state: 'failed' } })
    expect((await api.ended(id)).body.progress.error).toMatch(/^Scene 3.* failed: .*no GPU/)
    base.simulator.setFaults([])
    await api.post(`/jobs/${id}/retry`)
    expect((await api.ended(id)).body.status).toBe('completed')
    expect(billed('fog')).toHaveLength(3)
  })

  it('redoes only the music when that was what failed', async () => {
    base.simulator.setFaults([
      { match: { model: 'meta/musicgen', nth: 2 }, fault: { kind: 'fail', error: 'out of memory' } },
    ])
    const parameters = { auto_generate_audio: true, audio_fail_on_error: true, audio_error_strategy: 'halt' }
    const id = await approved('tune', { parameters })
    expect((await api.ended(id)).body).toMatchObject({
      status: 'failed',
      progress: { error: expect.stringMatching(/The music failed/) },
    })
    const music = billed('musicgen').length
    base.simulator.setFaults([])
    await api.post(`/jobs/${id}/retry`)
    expect((await api.ended(id)).body).toMatchObject({ status: 'completed', current_stage: 'audio_completed' })
    expect(billed('tune')).toHaveLength(2)
    expect(billed('musicgen').length - music).toBe(1)
  })

  it('is refused to what has not failed, or is final', async () => {
    const { body: job } = await api.post('/jobs/from-image-pairs', { campaign_id: campaign, num_pairs: 2 })
    expect(await api.post(`/jobs/${job.job_id}/retry`)).toMatchObject({
      status: 422,
      body: {
        error: 'Job cannot be retried',
        job_id: job.job_id,
        current_status: 'pending',
        reason: expect.stringMatching(/Only a failed/),
      },
    })
    await api.post(`/jobs/${job.job_id}/reject`, { reason: 'dull' })
    expect(await api.post(`/jobs/${job.job_id}/retry`)).toMatchObject({
      status: 422,
      body: { reason: expect.stringMatching(/Rejected.*Copy/) },
    })
    expect((await api.post('/jobs/999999/retry')).status).toBe(404)
  })

  it('goes on with a job whose workflow was terminated', async () => {
    base.simulator.setFaults([{ match: { promptIncludes: 'cut 1' }, fault: { kind: 'hang' } }])
    const id = await approved('cut')
    while ((await scenesOf(id)).filter(({ status }) => status === 'completed').length < 1) await sleep(50)
    const workflowId = videoJobWorkflowId(await installationId(greenlight.parts.db), id)
    await base.client.workflow.getHandle(workflowId).terminate('tried')
    await greenlight.parts.db.job.update({ where: { id }, data: { updatedAt: new Date(Date.now() - 5 * 60_000) } })
    const swept = await base.client.schedule.getHandle(`sweep-${await installationId(greenlight.parts.db)}`)
    await swept.trigger()
    expect((await api.ended(id)).body.progress.error).toMatch(/ended in Temporal.*Retry/)
    base.simulator.setFaults([])
    await api.post(`/jobs/${id}/retry`)
    expect((await api.ended(id)).body.status).toBe('completed')
  })
})

describe('a regeneration', () => {
  it('of a job whose music failed is in the film, and keeps what is there', async () => {
    base.simulator.setFaults([{ match: { model: 'meta/musicgen' }, fault: { kind: 'fail', error: 'out of memory' } }])
    const parameters = { auto_generate_audio: true, audio_fail_on_error: true, audio_error_strategy: 'halt' }
    const id = await approved('quay', { parameters })
    expect((await api.ended(id)).body.status).toBe('failed')
    base.simulator.setFaults([])
    const [first, second] = await scenesOf(id)
    await api.post(`/jobs/${id}/scenes/${first?.id}/regenerate`)
    expect((await api.ended(id)).body.status).toBe('completed')
    expect(billed('quay')).toHaveLength(3)
    const [again, same] = await scenesOf(id)
    expect(again).toMatchObject({ status: 'completed', attempt: 2, takes: [{ shown: false }, { shown: true }] })
    expect(same).toMatchObject({ status: 'completed', attempt: 1, id: second?.id })
    const { stitchedHash } = await greenlight.parts.db.job.findUniqueOrThrow({ where: { id } })
    expect(stitchedHash).not.toBeNull()
  })

  it('that fails leaves the film, the scene and the job as they are, and says why', async () => {
    const id = await approved('hill')
    await api.ended(id)
    const film = hash(await api.bytes(`/videos/${id}/combined`))
    const [first] = await scenesOf(id)
    base.simulator.setFaults([{ fault: { kind: 'fail', error: 'no GPU' } }])
    await api.post(`/jobs/${id}/scenes/${first?.id}/regenerate`, { prompt: 'hill in rain' })
    const job = await revised(id, 1)
    expect(job).toMatchObject({ status: 'completed', progress: { error: null } })
    expect(job.revision).toMatchObject({ state: 'failed', error: expect.stringMatching(/^Scene 1.* failed: .*no GPU/) })
    expect(hash(await api.bytes(`/videos/${id}/combined`))).toBe(film)
    expect((await scenesOf(id))[0]).toMatchObject({
      prompt: 'hill 0',
      status: 'completed',
      regeneration: { state: 'failed' },
    })
  })

  it('waits for the one before it, and both are in the film', async () => {
    const id = await approved('dune')
    await api.ended(id)
    const [first, second] = await scenesOf(id)
    await api.post(`/jobs/${id}/scenes/${first?.id}/regenerate`, { prompt: 'dune alpha' })
    const answer = await api.post(`/jobs/${id}/scenes/${second?.id}/regenerate`, { prompt: 'dune beta' })
    expect(answer.body.revision).toMatchObject({ number: 2, state: 'queued' })
    await revised(id, 2)
    expect((await scenesOf(id)).map(({ prompt }) => prompt)).toEqual(['dune alpha', 'dune beta'])
    expect(billed('dune')).toHaveLength(4)
  })

  it('keeps the music unless new music is asked for', async () => {
    const id = await approved('song', { parameters: { auto_generate_audio: true } })
    expect((await api.ended(id)).body.current_stage).toBe('audio_completed')
    const music = billed('musicgen').length
    const song = hash(await api.bytes(`/audio/${id}/download`))
    const [first] = await scenesOf(id)
    await api.post(`/jobs/${id}/scenes/${first?.id}/regenerate`)
    expect((await revised(id, 1)).revision).toMatchObject({ state: 'completed' })
    expect(billed('musicgen')).toHaveLength(music)
    expect(hash(await api.bytes(`/audio/${id}/download`))).toBe(song)

    await api.post(`/jobs/${id}/scenes/${first?.id}/regenerate`, { music: 'true' })
    expect((await revised(id, 2)).revision).toMatchObject({ state: 'completed' })
    expect(billed('musicgen')).toHaveLength(music + 2)
    expect(hash(await api.bytes(`/audio/${id}/download`))).not.toBe(song)
  })

  it('that fails once its clip is stored is finished by asking again: clip and music are paid for once', async () => {
    const id = await approved('mill', { parameters: { auto_generate_audio: true, audio_error_strategy: 'halt' } })
    expect((await api.ended(id)).body.current_stage).toBe('audio_completed')
    const film = hash(await api.bytes(`/videos/${id}/combined`))
    const music = billed('musicgen').length
    const [first] = await scenesOf(id)
    const again = () => api.post(`/jobs/${id}/scenes/${first?.id}/regenerate`, { prompt: 'mill at night', music: true })
    base.simulator.setFaults([
      { match: { model: 'meta/musicgen', nth: 2 }, fault: { kind: 'fail', error: 'out of memory' } },
    ])
    await again()
    expect((await revised(id, 1)).revision).toMatchObject({ state: 'failed', error: expect.stringMatching(/music/) })
    expect(hash(await api.bytes(`/videos/${id}/combined`))).toBe(film)
    expect((await scenesOf(id))[0]).toMatchObject({ prompt: 'mill 0', takes: [{ shown: true }, { shown: false }] })
    base.simulator.setFaults([])

    await again()
    expect((await revised(id, 2)).revision).toMatchObject({ state: 'completed' })
    expect(billed('mill at night')).toHaveLength(1)
    expect(billed('musicgen')).toHaveLength(music + 2)
    expect(hash(await api.bytes(`/videos/${id}/combined`))).not.toBe(film)
    expect((await scenesOf(id))[0]).toMatchObject({ prompt: 'mill at night', attempt: 2 })

    await api.post(`/jobs/${id}/scenes/${first?.id}/regenerate`)
    await revised(id, 3)
    expect(billed('mill at night')).toHaveLength(2)
    expect((await scenesOf(id))[0]).toMatchObject({ attempt: 3 })
  })

  it('of a failed job, with another prompt, lets it go on', async () => {
    base.simulator.setFaults([{ match: { promptIncludes: 'nude' }, fault: { kind: 'fail', error: 'moderation' } }])
    const id = await approved('nude')
    await api.ended(id)
    const [first, second] = await scenesOf(id)
    await api.post(`/jobs/${id}/scenes/${first?.id}/regenerate`, { prompt: 'calm sea one' })
    expect((await api.ended(id)).body).toMatchObject({
      status: 'failed',
      progress: { error: expect.stringMatching(/^Scene 2/) },
    })
    await api.post(`/jobs/${id}/scenes/${second?.id}/regenerate`, { prompt: 'calm sea two' })
    expect((await api.ended(id)).body.status).toBe('completed')
    expect(billed('calm sea')).toHaveLength(2)
  })

  it('is refused to a job that has not ended, and of pictures that are not there', async () => {
    const { body: job } = await api.post('/jobs/from-image-pairs', { campaign_id: campaign, num_pairs: 2 })
    const scene = `/jobs/${job.job_id}/scenes/${job.storyboard.scenes[0].id}`
    expect(await api.post(`${scene}/regenerate`)).toMatchObject({
      status: 422,
      body: { error: 'Scene cannot be regenerated', current_status: 'pending' },
    })
    const missing = { asset_ids: ['6b1f0f5e-0000-4000-8000-000000000000'] }
    expect(await api.post(`${scene}/regenerate`, missing)).toMatchObject({ status: 422, body: { details: {} } })
    const nowhere = `/jobs/${job.job_id}/scenes/6b1f0f5e-0000-4000-8000-000000000000/regenerate`
    expect((await api.post(nowhere)).status).toBe(404)
  })

  it('can be signaled from the Temporal UI, once however often the activity is tried', async () => {
    const id = await approved('mast')
    await api.ended(id)
    const [first] = await scenesOf(id)
    const workflowId = videoJobWorkflowId(await installationId(greenlight.parts.db), id)
    await base.client.workflow.signalWithStart('videoJob', {
      workflowId,
      taskQueue: 'greenlight',
      args: [{ jobId: id }],
      signal: revise,
      signalArgs: [{ scenes: [first?.id] }],
    })
    expect(await revised(id, 1)).toMatchObject({
      revision: { kind: 'regenerate', by: 'a Temporal signal', state: 'completed' },
    })
    expect(billed('mast')).toHaveLength(3)
  })
})

describe('a prediction of unknown outcome', () => {
  /** A failed job one of whose scenes may have been bought. @returns that prediction's id */
  async function unknown(mark: string): Promise<{ id: number; prediction: string }> {
    base.simulator.setFaults([{ match: { promptIncludes: `${mark} 1` }, fault: { kind: 'fail', error: 'no GPU' } }])
    const id = await approved(mark)
    await api.ended(id)
    base.simulator.setFaults([])
    return { id, prediction: await makeUnknown(id) }
  }

  /** Forgets how the job's failed prediction ended, and whether it was bought. @returns its id */
  async function makeUnknown(jobId: number): Promise<string> {
    const { db } = greenlight.parts
    const { id } = await db.prediction.findFirstOrThrow({ where: { jobId, state: 'failed' } })
    await db.prediction.update({ where: { id }, data: { state: 'unknown', providerId: null, failure: null } })
    return id
  }

  /** The same of a scene of a finished film that was to be rendered again. */
  async function unknownRegeneration(jobId: number, sceneId: string, prompt: string) {
    base.simulator.setFaults([{ fault: { kind: 'fail', error: 'no GPU' } }])
    await api.post(`/jobs/${jobId}/scenes/${sceneId}/regenerate`, { prompt })
    expect((await revised(jobId, 1)).revision.state).toBe('failed')
    base.simulator.setFaults([])
    return { prediction: await makeUnknown(jobId) }
  }

  /** Has the simulator make what was to be bought. @returns its id there */
  async function boughtAfterAll(prediction: string): Promise<string> {
    const { request } = await greenlight.parts.db.prediction.findUniqueOrThrow({ where: { id: prediction } })
    const { model, input } = request as { model: string; input: object }
    const [name, version] = model.split(':')
    const [at, body] = version ? ['predictions', { version, input }] : [`models/${name}/predictions`, { input }]
    const response = await fetch(`${base.simulator.url}/v1/${at}`, {
      method: 'POST',
      headers: { authorization: 'Bearer simulator', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return ((await response.json()) as { id: string }).id
  }

  it('stands in the operators’ inbox, and keeps the job from being retried blindly', async () => {
    const { id, prediction } = await unknown('ice')
    const inbox = await api.get('/predictions?state=unknown')
    expect(inbox.body.data.map((one: Body) => one.id)).toContain(prediction)
    expect(await api.post(`/jobs/${id}/retry`)).toMatchObject({
      status: 422,
      body: { reason: expect.stringMatching(new RegExp(`prediction ${prediction}.*not known.*resolve`)) },
    })
    expect(await api.post(`/predictions/${prediction}/resolve`, { resolution: 'maybe' })).toMatchObject({ status: 422 })
  })

  it('is bought again when an operator says so, and the job goes on by itself', async () => {
    const { id, prediction } = await unknown('oak')
    const answer = await api.post(`/predictions/${prediction}/resolve`, { resolution: 'pay_again', by: 'Olga' })
    expect(answer).toMatchObject({
      status: 200,
      body: {
        prediction: { state: 'abandoned', resolution: 'pay_again', resolved_by: 'Olga' },
        revision: { kind: 'retry' },
      },
    })
    expect((await api.ended(id)).body.status).toBe('completed')
    expect(billed('oak')).toHaveLength(2)
    expect(await api.post(`/predictions/${prediction}/resolve`, { resolution: 'abandon' })).toMatchObject({
      status: 422,
      body: { error: 'Prediction cannot be resolved', reason: expect.stringMatching(/Olga has decided already/) },
    })
  })

  it('is adopted when it is ours, and paid for once', async () => {
    const { id, prediction } = await unknown('elm')
    const theirs = await boughtAfterAll(prediction)
    const [, other] = base.simulator.bill().predictions
    const adopt = (provider_id: unknown) =>
      api.post(`/predictions/${prediction}/resolve`, { action: 'adopt', provider_id })
    expect(await adopt(undefined)).toMatchObject({
      status: 422,
      body: { details: { provider_id: [expect.stringMatching(/is required/)] } },
    })
    expect(await adopt('nothing')).toMatchObject({
      status: 422,
      body: { details: { provider_id: [expect.stringMatching(/looked up/)] } },
    })
    expect(await adopt(other?.id)).toMatchObject({ status: 422 })
    expect(await adopt(theirs)).toMatchObject({ status: 200, body: { prediction: { provider_id: theirs } } })
    expect((await api.ended(id)).body.status).toBe('completed')
    expect(billed('elm')).toHaveLength(2)
  })

  it('of a regeneration is adopted, and its film takes the place of the old one', async () => {
    const id = await approved('fern')
    await api.ended(id)
    const [first] = await scenesOf(id)
    const { prediction } = await unknownRegeneration(id, first?.id, 'fern at dusk')
    const theirs = await boughtAfterAll(prediction)
    const answer = await api.post(`/predictions/${prediction}/resolve`, { action: 'adopt', provider_id: theirs })
    expect(answer).toMatchObject({ status: 200, body: { revision: { number: 2, kind: 'regenerate' } } })
    expect(await revised(id, 2)).toMatchObject({ status: 'completed', revision: { state: 'completed', error: null } })
    expect((await scenesOf(id))[0]).toMatchObject({ prompt: 'fern at dusk', attempt: 2, status: 'completed' })
    expect(billed('fern').map((line) => line.id)).toContain(theirs)
    expect(billed('fern')).toHaveLength(3)
  })

  it('of a regeneration is paid for again, with what was changed', async () => {
    const id = await approved('gorse')
    await api.ended(id)
    const [first] = await scenesOf(id)
    const { prediction } = await unknownRegeneration(id, first?.id, 'gorse in bloom')
    await api.post(`/predictions/${prediction}/resolve`, { action: 'pay_again', by: 'Olga' })
    expect((await revised(id, 2)).revision).toMatchObject({ state: 'completed', by: 'Olga' })
    expect((await scenesOf(id))[0]).toMatchObject({ prompt: 'gorse in bloom', attempt: 3 })
    expect(billed('gorse')).toHaveLength(3)
  })

  it('of a piece of music is adopted where the film has silence, and nothing else is bought', async () => {
    const failing = {
      match: { model: 'meta/musicgen', nth: 2 },
      fault: { kind: 'fail', error: 'out of memory' },
    } as const
    base.simulator.setFaults([failing])
    const id = await approved('harp', { num_pairs: 3, parameters: { auto_generate_audio: true } })
    expect((await api.ended(id)).body.current_stage).toBe('audio_completed')
    base.simulator.setFaults([])
    const song = hash(await api.bytes(`/audio/${id}/download`))
    const prediction = await makeUnknown(id)
    const music = billed('musicgen').length
    const theirs = await boughtAfterAll(prediction)
    const answer = await api.post(`/predictions/${prediction}/resolve`, { action: 'adopt', provider_id: theirs })
    expect(answer).toMatchObject({ status: 200, body: { revision: { number: 1, kind: 'music' } } })
    expect((await revised(id, 1)).revision).toMatchObject({ state: 'completed' })
    expect((await api.get(`/audio/status/${id}`)).body.audio_status).toMatchObject({ status: 'completed', error: null })
    expect(hash(await api.bytes(`/audio/${id}/download`))).not.toBe(song)
    expect(billed('musicgen').length - music).toBe(1)
    const { db } = greenlight.parts
    const { soundtrack } = await db.job.findUniqueOrThrow({ where: { id } })
    const pieces = await db.audioSegment.findMany({ where: { jobId: id, soundtrack }, orderBy: { position: 'asc' } })
    expect(pieces.map(({ blobHash, predictionId }) => [blobHash !== null, predictionId === prediction])).toEqual([
      [true, false],
      [true, true],
      [true, false],
    ])
  })

  it('of a piece of music that the job failed for is adopted, and the film is finished with it', async () => {
    const failing = {
      match: { model: 'meta/musicgen', nth: 2 },
      fault: { kind: 'fail', error: 'out of memory' },
    } as const
    base.simulator.setFaults([failing])
    const parameters = { auto_generate_audio: true, audio_fail_on_error: true, audio_error_strategy: 'halt' }
    const id = await approved('lute', { parameters })
    expect((await api.ended(id)).body.status).toBe('failed')
    base.simulator.setFaults([])
    const prediction = await makeUnknown(id)
    expect(await api.post(`/jobs/${id}/retry`)).toMatchObject({ status: 422 })
    const music = billed('musicgen').length
    const theirs = await boughtAfterAll(prediction)
    await api.post(`/predictions/${prediction}/resolve`, { action: 'adopt', provider_id: theirs })
    expect((await api.ended(id)).body).toMatchObject({ status: 'completed', current_stage: 'audio_completed' })
    expect(billed('musicgen').length - music).toBe(1)
  })

  it('is abandoned: the job stays failed until it is retried', async () => {
    const { id, prediction } = await unknown('ash')
    const answer = await api.post(`/predictions/${prediction}/resolve`, { resolution: 'abandon' })
    expect(answer.body).toMatchObject({ prediction: { state: 'abandoned' }, revision: null })
    expect((await api.get(`/jobs/${id}`)).body.status).toBe('failed')
    await api.post(`/jobs/${id}/retry`)
    expect((await api.ended(id)).body.status).toBe('completed')
  })
})
