/** Notes at moments of a film: what is told to whom, and what stays with which film. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openEvents } from './event-reader.ts'
import { type JobApi, startJobApi, UNKNOWN } from './sample-jobs.ts'
import { makeKey } from './two-clients.ts'

let api: JobApi
const keys: Record<string, string> = {}
beforeAll(async () => {
  api = await startJobApi({ API_AUTH_KEY: 'root' })
  const stranger = await api.stranger()
  keys.Anna = await makeKey(api, 'Anna', 'creator', api.client.id)
  keys.Ben = await makeKey(api, 'Ben', 'creator', api.client.id)
  keys.Ada = await makeKey(api, 'Ada', 'approver', api.client.id)
  keys.Eve = await makeKey(api, 'Eve', 'operator', stranger.client.id)
})
afterAll(() => api.close())

const as = (name: string, method: string, at: string, body?: unknown) =>
  api.v3(method, at, body, { 'x-api-key': keys[name] ?? '' })

it('stand in the order of their moments, with who wrote them', async () => {
  const { id } = await api.film()
  const late = await as('Anna', 'POST', `/jobs/${id}/notes`, { at_seconds: 9.25, text: ' Too dark ' })
  expect(late).toMatchObject({
    status: 201,
    json: {
      data: { job_id: id, video_version: 1, at_seconds: 9.25, text: 'Too dark', by: 'Anna', resolved: false },
    },
  })
  expect((await as('Ben', 'POST', `/jobs/${id}/notes`, { at_seconds: 0, text: 'Lovely' })).status).toBe(201)
  const { json } = await as('Ada', 'GET', `/jobs/${id}/notes`)
  expect(json.meta).toEqual({ total: 2, job_id: id })
  expect(json.data.map(({ text }: { text: string }) => text)).toEqual(['Lovely', 'Too dark'])
})

it('are resolved and opened again, by whoever reads them, and each change is an event', async () => {
  const { id } = await api.film()
  const { json } = await as('Anna', 'POST', `/jobs/${id}/notes`, { at_seconds: 1, text: 'Slower' })
  const at = `/jobs/${id}/notes/${json.data.id}`
  expect(await as('Ben', 'PATCH', at, { resolved: true })).toMatchObject({
    status: 200,
    json: { data: { resolved: true, resolved_by: 'Ben', resolved_at: expect.any(String) } },
  })
  expect(await as('Ada', 'PATCH', at, { resolved: true })).toMatchObject({ json: { data: { resolved_by: 'Ben' } } })
  expect(await as('Ada', 'PATCH', at, { resolved: 'false' })).toMatchObject({
    json: { data: { resolved: false, resolved_by: null, resolved_at: null } },
  })
  expect((await as('Anna', 'DELETE', at)).status).toBe(204)
  const stream = await openEvents(`${api.url}/api/v3/jobs/${id}/events`, { 'x-api-key': 'root' })
  const told = (await stream.take(7)).filter(({ event }: { event: string }) => event === 'note')
  expect(told.map(({ data }: { data: object }) => data)).toMatchObject(
    ['added', 'resolved', 'reopened', 'deleted'].map((change) => ({
      ...{ note_id: json.data.id, change, at_seconds: 1, by: 'Anna' },
    })),
  )
  stream.stop()
})

it('are deleted by who wrote them and by approvers, and seen by nobody of another client', async () => {
  const { id } = await api.film()
  const write = async () =>
    (await as('Anna', 'POST', `/jobs/${id}/notes`, { at_seconds: 1, text: 'Mine' })).json.data.id
  const at = `/jobs/${id}/notes/${await write()}`
  expect(await as('Ben', 'DELETE', at)).toMatchObject({
    status: 403,
    json: { error: expect.stringContaining("Deleting somebody else's note takes the key of an approver") },
  })
  for (const [method, body] of [['GET'], ['POST', { at_seconds: 1, text: 'Hello' }]] as const) {
    expect((await as('Eve', method, `/jobs/${id}/notes`, body)).status).toBe(404)
  }
  expect((await as('Eve', 'PATCH', at, { resolved: true })).status).toBe(404)
  expect((await as('Eve', 'DELETE', at)).status).toBe(404)
  expect((await as('Ada', 'DELETE', at)).status).toBe(204)
  expect((await as('Ada', 'DELETE', at)).status).toBe(404)
  expect((await as('Anna', 'DELETE', `/jobs/${id}/notes/${await write()}`)).status).toBe(204)
})

it('stay with the film that they were written for', async () => {
  const { id } = await api.film()
  const shown = async () => (await as('Anna', 'GET', `/jobs/${id}`)).json.video_version
  expect(await shown()).toBe(1)
  await as('Anna', 'POST', `/jobs/${id}/notes`, { at_seconds: 1, text: 'Of the first' })
  for (const [number, kind] of ['retry', 'regenerate'].entries()) {
    await api.db.revision.create({ data: { jobId: id, number: number + 1, kind, state: 'completed' } })
  }
  await api.db.revision.create({ data: { jobId: id, number: 3, kind: 'regenerate', state: 'failed' } })
  expect(await shown()).toBe(2)
  const seen = { at_seconds: 1, text: 'Of the first too', video_version: 1 }
  await as('Anna', 'POST', `/jobs/${id}/notes`, seen)
  await as('Anna', 'POST', `/jobs/${id}/notes`, { at_seconds: 1, text: 'Of the second' })
  const { data } = (await as('Anna', 'GET', `/jobs/${id}/notes`)).json
  expect(data.map(({ video_version }: { video_version: number }) => video_version)).toEqual([1, 1, 2])
})

it('go with their job', async () => {
  const { id } = await api.film()
  await as('Anna', 'POST', `/jobs/${id}/notes`, { at_seconds: 1, text: 'x' })
  expect((await api.v3('DELETE', `/jobs/${id}`, undefined, { 'x-api-key': 'root' })).status).toBe(204)
  expect(await api.db.note.count({ where: { jobId: id } })).toBe(0)
  expect((await as('Anna', 'GET', `/jobs/${id}/notes`)).status).toBe(404)
})

it.each([
  [{ text: 'x' }, { at_seconds: ['must be a number of seconds'] }],
  [{ at_seconds: -1, text: 'x' }, { at_seconds: ['must not be negative'] }],
  [{ at_seconds: 12.1, text: 'x' }, { at_seconds: ["must be at most 12, the film's end"] }],
  [{ at_seconds: 1, text: ' ' }, { text: ['is required'] }],
  [{ at_seconds: 1, text: 'x'.repeat(2001) }, { text: ['has more than 2000 characters'] }],
  [{ at_seconds: 1, text: 'x', video_version: 2 }, { video_version: ['must be at most 1, which is shown now'] }],
  [{ at_seconds: 1, text: 'x', videoVersion: 0 }, { video_version: ['must be at least 1'] }],
])('are refused that say nothing of the film: %j', async (body, details) => {
  const { id } = await api.film()
  expect(await as('Anna', 'POST', `/jobs/${id}/notes`, body)).toMatchObject({
    status: 422,
    json: { error: 'Validation failed', details },
  })
})

it('are refused where there is nothing to say them of', async () => {
  const { id } = await api.job()
  expect(await as('Anna', 'POST', `/jobs/${id}/notes`, { at_seconds: 0, text: 'x' })).toMatchObject({
    status: 422,
    json: { error: 'Note cannot be added', job_id: id, reason: 'There is no film yet' },
  })
  for (const note of [UNKNOWN, 'nonsense']) {
    expect(await as('Anna', 'PATCH', `/jobs/${id}/notes/${note}`, { resolved: true })).toMatchObject({
      status: 404,
      json: { error: 'Note not found' },
    })
  }
  const film = await api.film()
  const { data } = (await as('Anna', 'POST', `/jobs/${film.id}/notes`, { at_seconds: 0, text: 'x' })).json
  const at = `/jobs/${film.id}/notes/${data.id}`
  expect(await as('Anna', 'PATCH', at, { resolved: 'perhaps' })).toMatchObject({
    status: 422,
    json: { details: { resolved: ['must be true or false'] } },
  })
  // Under another job's id there is no such note.
  expect((await as('Anna', 'PATCH', `/jobs/${id}/notes/${data.id}`, { resolved: true })).status).toBe(404)
})
