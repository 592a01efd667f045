import type { Context } from 'hono'
import { afterAll, expect, it, vi } from 'vitest'
import { limitInFlight } from '../../api/limits/in-flight.ts'
import type { Config } from '../../config.ts'

const now = vi.spyOn(performance, 'now')
afterAll(() => now.mockRestore())

it('a place that is never given back is given up after 65 s, unless its request may take its time', () => {
  const limit = limitInFlight({ http: { requestsAtOnce: 2 } } as Config)
  const isTaken = (method: string, path: string) => {
    const hang = vi.fn(() => new Promise<void>(() => {}))
    Promise.resolve(limit({ req: { method, path } } as Context, hang)).catch(() => {})
    return hang.mock.calls.length === 1
  }
  now.mockReturnValue(0)
  expect(isTaken('POST', '/api/v3/assets')).toBe(true)
  expect(isTaken('GET', '/api/v3/jobs')).toBe(true)
  now.mockReturnValue(64_999)
  expect(isTaken('GET', '/api/v3/jobs')).toBe(false)
  now.mockReturnValue(65_000)
  expect(isTaken('GET', '/api/v3/jobs')).toBe(true)
  expect(isTaken('GET', '/api/v3/jobs')).toBe(false)
})
