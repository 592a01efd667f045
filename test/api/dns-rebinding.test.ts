import { afterEach, describe, expect, it, vi } from 'vitest'
import { fetchSafely } from '../../net/fetch-safely.ts'
import { startOriginServer } from './origin-server.ts'

/** What the name server answers, one answer a question. */
const answers: string[][] = []
const questions: string[] = []
vi.mock('node:dns', async (original) => ({
  ...(await original<typeof import('node:dns')>()),
  lookup: (name: string, _: object, callback: (error: null, found: { address: string; family: 4 }[]) => void) => {
    questions.push(name)
    callback(
      null,
      (answers.shift() ?? []).map((address) => ({ address, family: 4 as const })),
    )
  },
}))
// A test has no public address to connect to: loopback stands for one.
vi.mock('../../net/public-address.ts', () => ({ isPublicAddress: (address: string) => address === '127.0.0.1' }))

afterEach(() => {
  questions.length = 0
})

describe('a name whose answers change', () => {
  const limits = { allowedPrivateHosts: [], maxBytes: 100, timeoutSeconds: 5 }

  it('is asked for once: what was checked is what is connected to', async () => {
    const origin = await startOriginServer((_, response) => response.end('hello'))
    answers.splice(0, 2, ['127.0.0.1'], ['10.0.0.1'])
    const { body } = await fetchSafely(`http://rebind.test:${origin.host.split(':')[1]}/`, limits)
    for await (const chunk of body) expect(Buffer.from(chunk).toString()).toBe('hello')
    expect(questions).toEqual(['rebind.test'])
    origin.close()
  })

  it('is refused when one of its addresses leads inward', async () => {
    answers.splice(0, 2, ['127.0.0.1', '10.0.0.1'])
    await expect(fetchSafely('http://mixed.test/', limits)).rejects.toThrow('mixed.test is not a public address')
  })

  it('is refused when it has no address', async () => {
    answers.splice(0, 2, [])
    await expect(fetchSafely('http://empty.test/', limits)).rejects.toThrow('empty.test is not a public address')
  })
})
