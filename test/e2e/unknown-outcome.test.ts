import { describe, expect, it } from 'vitest'
import { useRevisionStack } from '../support/revision-stack.ts'
import { hash } from '../support/revisions.ts'
import type { Answer } from '../support/stack.ts'

type Body = Answer['body']

const stack = useRevisionStack()

describe('a prediction of unknown outcome', () => {
  /** A failed job one of whose scenes may have been bought. @returns that prediction's id */
  async function unknown(mark: string): Promise<{ id: number; prediction: string }> {
    const { base, api, approved } = stack()
    base.simulator.setFaults([{ match: { promptIncludes: `${mark} 1` }, fault: { kind: 'fail', error: 'no GPU' } }])
    const id = await approved(mark)
    await api.ended(id)
    base.simulator.setFaults([])
    return { id, prediction: await makeUnknown(id) }
  }

  /** Forgets how the job's failed prediction ended, and whether it was bought. @returns its id */
  async function makeUnknown(jobId: number): Promise<string> {
    const { greenlight } = stack()
    const { db } = greenlight.parts
    const { id } = await db.prediction.findFirstOrThrow({ where: { jobId, state: 'failed' } })
    await db.prediction.update({ where: { id }, data: { state: 'unknown', providerId: null, failure: null } })
    return id
  }

  /** The same of a scene of a finished film that was to be rendered again. */
  async function unknownRegeneration(jobId: number, sceneId: string, prompt: string) {
    const { base, api, revised } = stack()
    base.simulator.setFaults([{ fault: { kind: 'fail', error: 'no GPU' } }])
    await api.post(`/jobs/${jobId}/scenes/${sceneId}/regenerate`, { prompt })
    expect((await revised(jobId, 1)).revision.state).toBe('failed')
    base.simulator.setFaults([])
    return { prediction: await makeUnknown(jobId) }
  }

  /** Has the simulator make what was to be bought. @returns its id there */
  async function boughtAfterAll(prediction: string): Promise<string> {
    const { base, greenlight } = stack()
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
    const { api } = stack()
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
    const { api, billed } = stack()
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
    const { base, api, billed } = stack()
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
    const { api, approved, revised, scenesOf, billed } = stack()
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
    const { api, approved, revised, scenesOf, billed } = stack()
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
    const { base, greenlight, api, approved, revised, billed } = stack()
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
    const { base, api, approved, billed } = stack()
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
    const { api } = stack()
    const { id, prediction } = await unknown('ash')
    const answer = await api.post(`/predictions/${prediction}/resolve`, { resolution: 'abandon' })
    expect(answer.body).toMatchObject({ prediction: { state: 'abandoned' }, revision: null })
    expect((await api.get(`/jobs/${id}`)).body.status).toBe('failed')
    await api.post(`/jobs/${id}/retry`)
    expect((await api.ended(id)).body.status).toBe('completed')
  })
})
