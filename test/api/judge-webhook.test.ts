/** Whether a provider's webhook is genuine, while the provider replaces what it signs them with. */
import { randomBytes } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { ApiDeps } from '../../api/deps.ts'
import { webhookJudge } from '../../api/webhooks/judge-webhook.ts'

const newSecret = () => `whsec_${randomBytes(24).toString('base64')}`
const BODY = '{"id":"p1"}'

function arriving(secret: string) {
  const now = new Date()
  const headers = new Headers({
    'webhook-id': 'm1',
    'webhook-timestamp': `${Math.floor(now.getTime() / 1000)}`,
    'webhook-signature': new Webhook(secret).sign('m1', now, BODY),
  })
  return { headers, rawBody: BODY }
}

const webhookSecret = vi.fn<() => Promise<string>>()
const warn = vi.fn()
const judge = () =>
  webhookJudge({
    config: { replicate: { webhookSigningSecrets: [] } },
    provider: { webhookSecret },
    log: { warn },
  } as unknown as ApiDeps)

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  webhookSecret.mockReset()
})
afterEach(() => void vi.useRealTimers())

it('asks the provider again once a webhook fits no more, at most once a minute', async () => {
  const [before, after] = [newSecret(), newSecret()]
  const verdict = judge()
  webhookSecret.mockResolvedValue(before)
  expect(await verdict(arriving(before))).toEqual({ ok: true })
  webhookSecret.mockResolvedValue(after)
  // What anybody sends does not have the provider asked time and again.
  expect(await verdict(arriving(after))).toMatchObject({ ok: false })
  expect(webhookSecret).toHaveBeenCalledTimes(1)
  vi.setSystemTime(Date.now() + 60_000)
  expect(await verdict(arriving(after))).toEqual({ ok: true })
  expect(await verdict(arriving(before))).toMatchObject({ ok: false })
  expect(webhookSecret).toHaveBeenCalledTimes(2)
})

it('goes by what it was told before while the provider does not answer', async () => {
  const known = newSecret()
  const verdict = judge()
  webhookSecret.mockResolvedValueOnce(known)
  expect(await verdict(arriving(known))).toEqual({ ok: true })
  webhookSecret.mockRejectedValue(new Error('no answer'))
  vi.setSystemTime(Date.now() + 60_000)
  expect(await verdict(arriving(newSecret()))).toMatchObject({ ok: false })
  expect(warn).toHaveBeenCalledTimes(1)
  expect(await verdict(arriving(known))).toEqual({ ok: true })
})

it('has no verdict where no secret is to be had', async () => {
  webhookSecret.mockRejectedValue(new Error('forbidden'))
  expect(await judge()(arriving(newSecret()))).toBeNull()
})
