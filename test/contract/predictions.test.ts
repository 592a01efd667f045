/** The rows of the contract about predictions whose outcome is unknown. */
import { afterAll, expect, it } from 'vitest'
import { startJobApi } from '../api/sample-jobs.ts'

const api = await startJobApi()
afterAll(() => api.close())

it('GET /predictions shows the ledger, newest first, by state and job, page by page', async () => {
  const film = await api.film()
  const { id } = await api.db.prediction.findFirstOrThrow({ where: { jobId: film.id } })
  await api.db.prediction.update({ where: { id }, data: { state: 'unknown', error: 'never answered' } })
  const { json } = await api.v3('GET', '/predictions?state=unknown&jobId=&limit=5')
  expect(json.meta).toEqual({ total: 1, limit: 5, offset: 0 })
  expect(json.data[0]).toMatchObject({
    id,
    job_id: film.id,
    state: 'unknown',
    error: 'never answered',
    resolution: null,
  })
  expect((await api.v3('GET', `/predictions?job_id=${film.id}`)).json.meta.total).toBeGreaterThanOrEqual(1)
  expect((await api.v3('GET', '/predictions?job_id=999999')).json).toMatchObject({ data: [], meta: { total: 0 } })
  expect(await api.v3('GET', '/predictions?state=lost')).toMatchObject({
    status: 400,
    json: { error: expect.stringMatching(/^state must be one of intent, /) },
  })
})

it('POST /predictions/:id/resolve decides once, and only about what is unknown', async () => {
  const film = await api.film()
  const { id } = await api.db.prediction.findFirstOrThrow({ where: { jobId: film.id } })
  const resolve = (body: unknown) => api.v3('POST', `/predictions/${id}/resolve`, body)
  await api.db.prediction.update({ where: { id }, data: { state: 'succeeded' } })
  expect(await resolve({ resolution: 'abandon' })).toMatchObject({
    status: 422,
    json: { error: 'Prediction cannot be resolved', reason: 'Its outcome is known: succeeded' },
  })
  await api.db.prediction.update({ where: { id }, data: { state: 'unknown' } })
  expect(await resolve({ resolution: 'maybe' })).toMatchObject({ status: 422, json: { details: {} } })
  expect(await resolve({ action: 'abandon', by: 'Olga' })).toMatchObject({
    status: 200,
    json: { prediction: { id, state: 'abandoned', resolution: 'abandon', resolved_by: 'Olga' }, revision: null },
  })
  expect(await resolve({ resolution: 'pay_again' })).toMatchObject({ status: 422 })
})
