import { describe, expect, it } from 'vitest'
import type { BillLine } from '../../simulator/index.ts'
import { audit } from './ledger.ts'

type Entry = Parameters<typeof audit>[0][number]

const entry = (changes: Partial<Entry> = {}): Entry => ({
  jobId: 1,
  subject: 'scene:a',
  attempt: 1,
  reason: 'first',
  state: 'succeeded',
  providerId: 'p1',
  token: 'token-1',
  error: null,
  priceMicroUsd: 800_000,
  ...changes,
})
const line = (changes: Partial<BillLine> = {}): BillLine => ({
  id: 'p1',
  number: 1,
  model: 'google/veo-3.1',
  input: { image: 'http://127.0.0.1/data?t=token-1' },
  status: 'succeeded',
  billed: true,
  created_at: '2026-01-01T00:00:00Z',
  price_usd: 0.8,
  seconds: 4,
  ...changes,
})
const again = entry({ attempt: 2, reason: 'attempt 1 ended as failed: …', providerId: 'p2', token: 'token-2' })
const lineAgain = line({ id: 'p2', number: 2, input: { image: 'http://127.0.0.1/data?t=token-2' } })

describe('the audit of ledger and bill', () => {
  it('passes a purchase, and one that was made again with its reason', () => {
    const failed = entry({ state: 'failed' })
    const predictions = [line({ status: 'failed', billed: false }), lineAgain]
    expect(audit([failed, again], { predictions })).toEqual({ doublePayments: 0, violations: [] })
  })

  it('counts two billed predictions for one attempt', () => {
    const predictions = [line(), line({ id: 'p9', number: 9 })]
    expect(audit([entry()], { predictions })).toMatchObject({
      doublePayments: 1,
      violations: [expect.stringMatching(/bought twice: #1 and #9/)],
    })
  })

  it.each<[string, Entry[], BillLine[], RegExp]>([
    ['is on the bill alone', [], [line()], /in no ledger/],
    ['the provider does not know', [entry()], [], /does not know/],
    ['was forgotten after it was bought', [entry({ providerId: null, state: 'intent' })], [line()], /names nothing/],
    ['is still waited for', [entry({ state: 'submitted' })], [line()], /is submitted, and succeeded/],
    [
      'is billed and not counted',
      [entry({ state: 'failed' })],
      [line({ status: 'canceled' })],
      /not in what was spent/,
    ],
    ['has another price', [entry({ priceMicroUsd: 1 })], [line()], /cost 0.8 USD/],
    [
      'was made again without a reason',
      [entry({ state: 'failed' }), { ...again, reason: 'first' }],
      [lineAgain],
      /no reason/,
    ],
    [
      'was made again after it had succeeded',
      [entry(), { ...again, reason: 'attempt 1 ended as succeeded' }],
      [line(), lineAgain],
      /although the attempt before it succeeded/,
    ],
    ['skips an attempt', [again], [lineAgain], /is the 1\. in the ledger/],
  ])('finds a purchase that %s', (_, ledger, predictions, problem) => {
    expect(audit(ledger, { predictions }).violations.join('\n')).toMatch(problem)
  })
})
