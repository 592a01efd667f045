import { randomUUID } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { installationId } from '../../prisma/queries/installation.ts'
import type { Greenlight } from '../../runtime/start-all.ts'
import type { FaultRule } from '../../simulator/index.ts'
import { videoJobWorkflowId } from '../../workflows/contract.ts'
import { type Api, type Base, startBase, startGreenlight, startServer } from '../support/stack.ts'
import { approvedJob, expectPaidOnce, ledgerOf, until } from './support.ts'

let base: Base
let greenlight: Greenlight & { api: Api }
let campaign: string
beforeAll(async () => {
  base = await startBase({ renderMs: 600 })
  // Told by webhooks; by itself it would look again in an hour.
  greenlight = await startGreenlight(base, (url) => ({
    REPLICATE_WEBHOOK_URL: `${url}/api/webhooks/replicate`,
    PREDICTION_POLL_INTERVAL: '3600',
  }))
  campaign = await greenlight.api.campaign(['chelsea.png', 'coffee.png'])
})
afterAll(async () => {
  await greenlight?.stop()
  await base?.stop()
})
beforeEach(() => base.simulator.reset())

const bill = () => base.simulator.bill().predictions

async function expectFilm(id: number) {
  expect((await greenlight.api.ended(id)).body).toMatchObject({ status: 'completed', progress: { error: null } })
  const ledger = await ledgerOf(greenlight.parts.db, id)
  expect(ledger).toHaveLength(1)
  expectPaidOnce(ledger, bill())
}

/** How many looks a job's history has in it. */
async function looksOf(id: number): Promise<number | undefined> {
  const workflowId = videoJobWorkflowId(await installationId(greenlight.parts.db), id)
  const { events } = await base.client.workflow.getHandle(workflowId).fetchHistory()
  const scheduled = events?.map((event) => event.activityTaskScheduledEventAttributes?.activityType?.name)
  return scheduled?.filter((name) => name === 'awaitPrediction').length
}

/** Until when the look at a job's prediction sleeps: another time after each look. */
async function lastLook(jobId: number): Promise<string> {
  return until('it is looked at', async () => {
    const { body } = await greenlight.api.get(`/jobs/${jobId}/workflow`)
    const look = body.pending_activities?.find(({ type }: { type: string }) => type === 'awaitPrediction')
    return look?.next_attempt_at
  })
}

describe('webhooks', () => {
  it.each<[string, FaultRule[]]>([
    ['come before the id is stored', [{ fault: { kind: 'stall', hold_ms: 1_500 } }]],
    ['come twice', [{ fault: { kind: 'webhook', action: 'repeat' } }]],
  ])('that %s end the waiting', async (_, faults) => {
    base.simulator.setFaults(faults)
    await expectFilm(await approvedJob(greenlight.api, campaign, 1))
  })

  it('that come late wake the look that sleeps, without another in the history', async () => {
    base.simulator.setFaults([{ fault: { kind: 'webhook', action: 'delay', ms: 2_000 } }])
    const id = await approvedJob(greenlight.api, campaign, 1)
    await expectFilm(id)
    expect(await looksOf(id)).toBe(1)
  })

  it('that are all lost cost no more than the slow look', async () => {
    greenlight.parts.config.predictions.pollSeconds = 0.5
    base.simulator.setFaults([{ fault: { kind: 'webhook', action: 'lose' } }])
    await expectFilm(await approvedJob(greenlight.api, campaign, 1))
    greenlight.parts.config.predictions.pollSeconds = 3600
  })

  it('that come out of order, or are not genuine, change nothing', async () => {
    const secret = (await greenlight.parts.provider.webhookSecret()) ?? ''
    base.simulator.setFaults([{ times: 1, fault: { kind: 'hang' } }, { fault: { kind: 'webhook', action: 'lose' } }])
    const id = await approvedJob(greenlight.api, campaign, 1)
    const { token, providerId } = await until('the prediction is bought', async () => {
      const [row] = await ledgerOf(greenlight.parts.db, id)
      return row?.providerId ? row : null
    })
    const looked = await lastLook(id)
    const tell = async ({ key = secret, at = new Date(), status = 'succeeded', as = token } = {}) => {
      const body = JSON.stringify({ id: providerId, status, output: 'http://127.0.0.1:1/evil.mp4' })
      const name = randomUUID()
      const headers = {
        'webhook-id': name,
        'webhook-timestamp': `${Math.floor(at.getTime() / 1000)}`,
        'webhook-signature': new Webhook(key).sign(name, at, body),
      }
      const url = `${greenlight.url}/api/webhooks/replicate?token=${as}`
      return (await fetch(url, { method: 'POST', body, headers })).status
    }

    const otherKey = `whsec_${Buffer.from('a key that is not the provider’s').toString('base64')}`
    expect(await tell({ key: otherKey })).toBe(401)
    expect(await tell({ at: new Date(Date.now() - 301_000) })).toBe(401)
    expect(await tell({ as: 'somebody-else' })).toBe(200)
    expect(await lastLook(id)).toBe(looked)

    // A genuine one is no more than a hint: what it says is looked up, and the prediction still runs.
    expect(await tell()).toBe(200)
    await until('it was looked at again', async () => (await lastLook(id)) !== looked)
    expect(await tell({ status: 'starting' })).toBe(200)
    expect(await ledgerOf(greenlight.parts.db, id)).toMatchObject([{ state: 'submitted', outputUrl: null }])

    await greenlight.api.post(`/jobs/${id}/cancel`)
    await until('it is canceled', async () => (await ledgerOf(greenlight.parts.db, id))[0]?.state === 'canceled')
    expect(await tell()).toBe(200)
    expect(await ledgerOf(greenlight.parts.db, id)).toMatchObject([{ state: 'canceled' }])
  })

  it('are known by the token in their URL where the provider tells no secret', async () => {
    const secret = { method: 'GET', path: '/v1/webhooks/default/secret' }
    base.simulator.setFaults([
      { match: secret, fault: { kind: 'status', status: 403 } },
      { fault: { kind: 'webhook', action: 'lose' } },
    ])
    const id = await approvedJob(greenlight.api, campaign, 1)
    const token = await until('the prediction is bought', async () => {
      const [row] = await ledgerOf(greenlight.parts.db, id)
      return row?.providerId && row.token
    })
    await lastLook(id)
    await until('it has ended', () => bill()[0]?.status === 'succeeded')
    const server = await startServer(base)
    const tell = async (query: string) => {
      return (await fetch(`${server.url}/api/webhooks/replicate${query}`, { method: 'POST', body: '{}' })).status
    }
    expect(await tell('')).toBe(401)
    expect(await tell('?token=guessed')).toBe(401)
    expect(await tell(`?token=${token}`)).toBe(200)
    await expectFilm(id)
    await server.stop()
  })
})
