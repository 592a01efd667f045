import { validateWebhook } from 'replicate'
import { describe, expect, it } from 'vitest'
import type { FaultRule } from '../../simulator/index.ts'
import { listen, type Received, simulate, until, VEO } from './support.ts'

const statusOf = ({ body }: Received) => (JSON.parse(body) as { status: string }).status

async function run(faults: FaultRule[], events: ('start' | 'completed')[], answer = () => ({ status: 200 })) {
  const receiver = await listen(answer)
  const { replicate } = await simulate({ fast: true, faults, webhookRetryMs: 20 })
  const prediction = await replicate.predictions.create({
    ...VEO,
    webhook: `${receiver.url}/hook?job=1`,
    webhook_events_filter: events,
  })
  return { ...receiver, replicate, prediction }
}

describe('webhooks', () => {
  it('are signed so that the client can verify them, and say what a GET says', async () => {
    const { received, replicate, prediction } = await run([], ['completed'])
    await until(() => received.length > 0)
    const [hook] = received
    if (!hook) throw new Error('nothing was received')
    const { key } = await replicate.webhooks.default.secret.get()
    const given = {
      id: String(hook.headers['webhook-id']),
      timestamp: String(hook.headers['webhook-timestamp']),
      signature: String(hook.headers['webhook-signature']),
      secret: key,
    }
    expect(await validateWebhook({ ...given, body: hook.body })).toBe(true)
    expect(await validateWebhook({ ...given, body: hook.body.replace('succeeded', 'failed') })).toBe(false)
    expect(JSON.parse(hook.body)).toEqual(await replicate.predictions.get(prediction.id))
    expect(hook.url).toBe('/hook?job=1')
  })

  it('come for the events that were asked for, in order', async () => {
    const { received } = await run([], ['start', 'completed'])
    await until(() => received.length === 2)
    expect(received.map(statusOf)).toEqual(['processing', 'succeeded'])
  })

  it('are sent again when the last word is not taken', async () => {
    let left = 2
    const { received } = await run([], ['start', 'completed'], () => ({ status: left-- > 0 ? 500 : 200 }))
    await until(() => received.length === 3)
    expect(received.map(statusOf)).toEqual(['processing', 'succeeded', 'succeeded'])
    expect(received[1]?.headers['webhook-id']).toBe(received[2]?.headers['webhook-id'])
  })

  it('are lost, repeated, late or out of order on demand', async () => {
    const lost = await run([{ fault: { kind: 'webhook', action: 'lose' } }], ['completed'])
    const repeated = await run([{ fault: { kind: 'webhook', action: 'repeat' } }], ['completed'])
    await until(() => repeated.received.length === 2)
    expect(repeated.received[0]?.headers['webhook-id']).toBe(repeated.received[1]?.headers['webhook-id'])

    const reordered = await run([{ fault: { kind: 'webhook', action: 'reorder' } }], ['start', 'completed'])
    await until(() => reordered.received.length === 2)
    expect(reordered.received.map(statusOf)).toEqual(['succeeded', 'processing'])

    const late = await run([{ fault: { kind: 'webhook', action: 'delay', ms: 300 } }], ['completed'])
    await late.replicate.wait(late.prediction, { interval: 10 })
    expect(late.received).toHaveLength(0)
    await until(() => late.received.length === 1)
    expect(lost.received).toHaveLength(0)
  })
})
