import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { FAILURES } from '../../workflows/contract.ts'
import { type ActivityBench, startActivityBench } from './activity-bench.ts'

let bench: ActivityBench
/** Where the provider would fetch pictures from. */
let pictures: Server
let origin: string
let answer: (response: ServerResponse, hash: string) => unknown
let requests: string[]

beforeAll(async () => {
  pictures = createServer(async ({ method, url }, response) => {
    requests.push(`${method}`)
    const { blobHash } = await bench.db.asset.findUniqueOrThrow({ where: { id: url?.split('/')[4] ?? '' } })
    answer(response, blobHash ?? '')
  })
  await new Promise<void>((resolve) => void pictures.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(pictures.address() as AddressInfo).port}`
  bench = await startActivityBench({ ASSET_DELIVERY: 'url', PUBLIC_BASE_URL: origin })
})
afterAll(async () => {
  await bench.stop()
  pictures.close()
})
beforeEach(() => {
  requests = []
})

async function buy(): Promise<void> {
  const { id: jobId, scenes } = await bench.newJob()
  const purchase = { kind: 'scene', jobId, sceneId: scenes[0]?.id ?? '', attempt: 1 } as const
  await bench.attempt('submitPrediction', purchase)
}

it.each([
  { what: 'nobody answers', answered: (response: ServerResponse) => response.destroy(), problem: 'other side closed' },
  {
    what: 'something else answers',
    answered: (response: ServerResponse) => response.writeHead(404).end(),
    problem: 'it answers 404',
  },
  {
    what: 'a proxy says that all is well',
    answered: (response: ServerResponse) => response.end('<html>Welcome</html>'),
    problem: 'it answers with other bytes',
  },
])('buys nothing while $what where the provider would fetch its pictures', async ({ answered, problem }) => {
  answer = answered
  await expect(buy()).rejects.toMatchObject({
    ...{ type: FAILURES.picturesUnreachable, nonRetryable: false },
    message: `The provider could not fetch the pictures: ${origin} (PUBLIC_BASE_URL) does not serve them, ${problem}. Nothing was bought.`,
  })
  expect(bench.simulator.bill().predictions).toHaveLength(0)
  expect(await bench.db.prediction.count()).toBe(0)
})

it('asks once for all that is bought at about the same moment', async () => {
  answer = (response, hash) => response.setHeader('etag', `"${hash}"`).end()
  await Promise.all([buy(), buy(), buy()])
  expect(requests.filter((method) => method === 'HEAD')).toHaveLength(1)
})
