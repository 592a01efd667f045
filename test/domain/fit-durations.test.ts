import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fitDurations } from '../../domain/fit-durations.ts'

const VEO = [4, 6, 8]

it.each([
  [[4, 4, 4], VEO, 12, [4, 4, 4]],
  [[8, 8, 8, 8], VEO, 30, [8, 8, 8, 6]],
  [[4, 4, 4, 4], VEO, 20, [4, 4, 6, 6]],
  [[4, 4], VEO, 60, [8, 8]],
  [[8, 8], VEO, 1, [4, 4]],
  [[6, 6, 6], [6, 10], 21, [6, 6, 10]],
  // As near one way as the other: what was written stays.
  [[6, 6, 6], [6, 10], 20, [6, 6, 6]],
])('scenes of %j with %j allowed become %i s as %j', (durations, allowed, total, fitted) => {
  expect(fitDurations(durations, allowed, total)).toEqual(fitted)
})

it('what is fitted can be rendered, and is never further from the length than before', () => {
  const allowed = fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 8 })
  const film = allowed.chain((some) => {
    const steps = some.toSorted((a, b) => a - b)
    return fc.tuple(
      fc.constant(steps),
      fc.array(fc.constantFrom(...steps), { minLength: 1, maxLength: 40 }),
      fc.nat(300),
    )
  })
  const sum = (seconds: number[]) => seconds.reduce((all, each) => all + each, 0)
  fc.assert(
    fc.property(film, ([steps, durations, total]) => {
      const fitted = fitDurations(durations, steps, total)
      expect(fitted).toHaveLength(durations.length)
      expect(fitted.every((seconds) => steps.includes(seconds))).toBe(true)
      expect(Math.abs(total - sum(fitted))).toBeLessThanOrEqual(Math.abs(total - sum(durations)))
    }),
  )
})
