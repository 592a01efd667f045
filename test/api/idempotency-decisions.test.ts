/** A decision that counted before its server died, or failed on its way to the answer, and that is sent again. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { JobSettings } from '../../domain/settings.ts'
import { markEnded } from '../../prisma/queries/decisions.ts'
import { type JobApi, startJobApi } from './sample-jobs.ts'

let api: JobApi
/** What telling a workflow does. */
let telling: () => Promise<void>
let isTold = false
const tell = () => {
  isTold = true
  return telling()
}
beforeAll(async () => {
  const workflows = { decided: tell, revise: tell }
  api = await startJobApi({ API_AUTH_KEY: 'root' }, workflows)
})
afterAll(() => api.close())
beforeEach(() => {
  isTold = false
})

const post = (at: string, body: object | undefined, key?: string) =>
  api.v3('POST', at, body, { 'x-api-key': 'root', ...(key && { 'idempotency-key': key }) })
/** As when the server that worked on it has been dead for half a minute. */
const leaseIsOver = (key: string) =>
  api.db.idempotentRequest.updateMany({ where: { key }, data: { leaseUntil: new Date(Date.now() - 1) } })

/** What is asked for, and whether asking for it anew is refused; else it is done again. */
interface Asked {
  at: string
  body?: object
  status: number
  isRefusedAnew: boolean
}
const decision = (name: string) => async (): Promise<Asked> => {
  const { id } = await api.job()
  return { at: `/jobs/${id}/${name}`, body: { by: 'Anna' }, status: 200, isRefusedAnew: true }
}
const of = (at: string, isRefusedAnew: boolean, body: object = { by: 'Anna' }): Asked => ({
  ...{ at, body, status: 202, isRefusedAnew },
})
const ASKED: Record<string, () => Promise<Asked>> = {
  approve: decision('approve'),
  reject: decision('reject'),
  cancel: decision('cancel'),
  async retry() {
    const { id } = await api.film()
    await api.db.job.update({ where: { id }, data: { status: 'failed', stage: 'failed', error: 'No GPU.' } })
    return of(`/jobs/${id}/retry`, true)
  },
  async finalize() {
    const { id, settings } = await api.film()
    const draft = { ...JobSettings.parse(settings), quality: 'draft' as const }
    await api.db.job.update({ where: { id }, data: { settings: draft } })
    return of(`/jobs/${id}/finalize`, true)
  },
  async regenerate() {
    const { id, scenes } = await api.film()
    return of(`/jobs/${id}/scenes/${scenes[0]?.id}/regenerate`, false)
  },
  async choose() {
    const { id, scenes } = await api.film()
    const sceneId = scenes[0]?.id as string
    const clip = { clipHash: 'clip', clipSize: 1, clipDuration: 4, clipFrames: 96, thumbnailHash: 'still' }
    await api.db.take.create({ data: { sceneId, attempt: 1, predictionId: `first of ${sceneId}`, ...clip } })
    return of(`/jobs/${id}/scenes/${sceneId}/takes/1/choose`, false)
  },
  async music() {
    const { id } = await api.film()
    return of('/audio/generate-scenes', true, { job_id: id })
  },
  async resolve() {
    const { id, scenes } = await api.film()
    await api.db.job.update({ where: { id }, data: { status: 'failed', stage: 'failed', error: 'No GPU.' } })
    await api.db.scene.update({ where: { id: scenes[0]?.id }, data: { state: 'failed' } })
    const { id: unknown } = await api.db.prediction.findFirstOrThrow({ where: { jobId: id } })
    await api.db.prediction.update({ where: { id: unknown }, data: { state: 'unknown' } })
    const body = { resolution: 'pay_again', by: 'Olga' }
    return { ...of(`/predictions/${unknown}/resolve`, true, body), status: 200 }
  },
}

it.each(Object.entries(ASKED))(
  'a repeat of %s is answered as the first, which has its effect once',
  async (name, asked) => {
    const { at, body, status, isRefusedAnew } = await asked()
    const dying = Promise.withResolvers<void>()
    telling = () => dying.promise
    const first = post(at, body, name)
    await expect.poll(() => isTold).toBe(true)
    await leaseIsOver(name)
    const before = await Promise.all([api.db.revision.count(), api.db.jobEvent.count()])
    const again = await post(at, body, name)
    expect(again).toMatchObject({ status })
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    dying.resolve()
    expect(await first).toMatchObject({ status, json: again.json })
    expect(await post(at, body, name)).toMatchObject({ status, json: again.json })
    expect(await Promise.all([api.db.revision.count(), api.db.jobEvent.count()])).toEqual(before)
    // Without the key it is another decision, as is one of another key.
    expect((await post(at, body)).status).toBe(isRefusedAnew ? 422 : status)
    expect((await post(at, body, `${name} of another`.replaceAll(' ', '-'))).status).toBe(isRefusedAnew ? 422 : status)
  },
)

it('a repeat of an approval is answered 200 where the first failed after it had counted', async () => {
  const { at, body } = await decision('approve')()
  telling = () => {
    throw Object.assign(new Error('14 UNAVAILABLE: away'), { code: 14, details: 'away' })
  }
  expect((await post(at, body, 'failed')).status).toBe(503)
  telling = async () => {}
  expect(await post(at, body, 'failed')).toMatchObject({ status: 200, json: { status: 'approved' } })
})

it('an approval whose body is said to be text is known again too', async () => {
  const { at } = await decision('approve')()
  const dying = Promise.withResolvers<void>()
  telling = () => dying.promise
  const headers = { 'x-api-key': 'root', 'idempotency-key': 'text', 'content-type': 'text/plain' }
  const send = (by: string) =>
    api.request(`/api/v3${at}`, { method: 'POST', headers, body: JSON.stringify({ by }) }).then(({ status }) => status)
  const first = send('Anna')
  await expect.poll(() => isTold).toBe(true)
  await leaseIsOver('text')
  expect([await send('Anna'), await send('Ben')]).toEqual([200, 422])
  dying.resolve()
  expect(await first).toBe(200)
})

it('an approval that came to nothing gives its key back', async () => {
  const { at, body } = await decision('approve')()
  telling = async () => {
    const { id } = await api.db.job.findFirstOrThrow({ orderBy: { id: 'desc' } })
    await markEnded(api.db, id)
  }
  expect((await post(at, body, 'ended')).status).toBe(422)
  expect(await api.db.idempotentRequest.count({ where: { key: 'ended' } })).toBe(0)
})
