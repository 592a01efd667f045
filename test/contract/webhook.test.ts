/** POST /api/webhooks/replicate: heard when it is genuine; else nothing changes. */
import { createHmac, randomBytes } from 'node:crypto'
import { afterAll, expect, it } from 'vitest'
import { startJobApi } from '../api/sample-jobs.ts'

const SECRET = `whsec_${randomBytes(24).toString('base64')}`
const BODY = JSON.stringify({ id: 'p1', status: 'succeeded' })
const hints: string[] = []
const hear = { predictionChanged: async (_: number, id: string) => void hints.push(id) }
const unsigned = await startJobApi({}, hear)
const BEFORE = `whsec_${randomBytes(24).toString('base64')}`
const signed = await startJobApi({ REPLICATE_WEBHOOK_SIGNING_SECRET: `${BEFORE}, ${SECRET}` }, hear)
afterAll(() => Promise.all([unsigned.close(), signed.close()]))

/** A prediction that runs. @returns its id and its token */
async function running(api: typeof signed): Promise<{ id: string; token: string }> {
  const film = await api.film()
  const { id } = await api.db.prediction.findFirstOrThrow({ where: { jobId: film.id } })
  const data = { state: 'submitted', providerId: `at-the-provider-${id}` }
  return api.db.prediction.update({ where: { id }, data, select: { id: true, token: true } })
}

async function deliver(api: typeof signed, token: string, headers: Record<string, string> = {}, body = BODY) {
  const init = { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } }
  const response = await api.request(`/api/webhooks/replicate?token=${token}`, init)
  return { status: response.status, json: await response.json() }
}

function signature(secret = SECRET, seconds = Math.floor(Date.now() / 1000)) {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
  const mac = createHmac('sha256', key).update(`m1.${seconds}.${BODY}`).digest('base64')
  return { 'webhook-id': 'm1', 'webhook-timestamp': String(seconds), 'webhook-signature': `v1,${mac}` }
}

const NOT_GENUINE = { status: 401, json: { error: expect.stringMatching(/^The webhook is not genuine: /) } }

it('is believed by its token where no secret is known, and passed on as a hint', async () => {
  const { id, token } = await running(unsigned)
  expect(await deliver(unsigned, token)).toEqual({ status: 200, json: { status: 'ok' } })
  expect(hints).toContain(id)
  expect(await deliver(unsigned, 'guessed')).toEqual(NOT_GENUINE)
})

it('is believed by its signature alone where a secret is known', async () => {
  const { id, token } = await running(signed)
  const before = await signed.db.prediction.findMany()
  expect(await deliver(signed, token)).toEqual(NOT_GENUINE)
  expect(await deliver(signed, token, signature(`whsec_${randomBytes(24).toString('base64')}`))).toEqual(NOT_GENUINE)
  expect(await deliver(signed, token, signature(SECRET, Math.floor(Date.now() / 1000) - 301))).toEqual(NOT_GENUINE)
  expect(await deliver(signed, token, signature(), '{"id":"p1","status":"failed"}')).toEqual(NOT_GENUINE)
  expect(hints).not.toContain(id)
  for (const secret of [BEFORE, SECRET]) {
    expect(await deliver(signed, token, signature(secret))).toEqual({ status: 200, json: { status: 'ok' } })
  }
  expect(hints).toContain(id)
  // What it says is not taken over: the prediction is looked at instead.
  expect(await signed.db.prediction.findMany()).toEqual(before)
})
