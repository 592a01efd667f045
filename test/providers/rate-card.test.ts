import { describe, expect, it } from 'vitest'
import { priceMicroUsd, RATE_CARDS, type RateCard } from '../../providers/rate-card.ts'

describe('the rate card', () => {
  const card: RateCard = {
    source: { page: 'example.com/prices', asOf: '2026' },
    rates: [
      { unit: 'second', resolution: '512p', audio: false, microUsd: 25_000 },
      { unit: 'run', resolution: '768p', audio: false, seconds: 6, microUsd: 280_000 },
      { unit: 'run', resolution: '768p', audio: false, seconds: 10, microUsd: 560_000 },
    ],
  }

  it.each([
    ['a second', { resolution: '512p', audio: false, seconds: 6 }, 150_000],
    ['a run of one length', { resolution: '768p', audio: false, seconds: 6 }, 280_000],
    ['a run of another', { resolution: '768p', audio: false, seconds: 10 }, 560_000],
  ])('prices by %s', (_, bought, price) => {
    expect(priceMicroUsd(card, bought)).toBe(price)
  })

  it.each([
    ['of another resolution', { resolution: '1080p', audio: false, seconds: 6 }],
    ['with sound that it has no price for', { resolution: '512p', audio: true, seconds: 6 }],
    ['of a length that it has no price for', { resolution: '768p', audio: false, seconds: 8 }],
  ])('refuses to price a clip %s, naming where the prices are from', (_, bought) => {
    expect(() => priceMicroUsd(card, bought)).toThrow('example.com/prices has no price for')
  })

  it('says of every price where it was read and when, in whole micro-USD', () => {
    for (const [model, { source, rates }] of Object.entries<RateCard>(RATE_CARDS)) {
      expect(source, model).toEqual({
        page: expect.stringMatching(/^[\w.-]+\//),
        asOf: expect.stringMatching(/^20\d\d(-\d\d){0,2}$/),
      })
      for (const { microUsd } of rates) expect(Number.isInteger(microUsd) && microUsd > 0, model).toBe(true)
    }
  })
})
