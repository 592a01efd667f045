import type { RequestListener, ServerResponse } from 'node:http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { JobWithScenes } from '../../prisma/queries/jobs.ts'
import { FAILURES } from '../../workflows/contract.ts'
import { startOriginServer } from '../api/origin-server.ts'
import { type ActivityBench, startActivityBench } from './activity-bench.ts'

let bench: ActivityBench
/** Where the provider would fetch pictures from. */
let pictures: Awaited<ReturnType<typeof startOriginServer>>
let answer: (response: ServerResponse, hash: string, assetId: string) => unknown

const asTold: RequestListener = async ({ url }, response) => {
  const id = url?.split('/')[4] ?? ''
  const { blobHash } = await bench.db.asset.findUniqueOrThrow({ where: { id } })
  answer(response, blobHash ?? '', id)
}

beforeAll(async () => {
  pictures = await startOriginServer(asTold)
  bench = await startActivityBench({ ASSET_DELIVERY: 'url', PUBLIC_BASE_URL: pictures.url })
})
afterAll(async () => {
  await bench.stop()
  pictures.close()
})

async function buy({ id: jobId, scenes }: JobWithScenes): Promise<void> {
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
  await expect(buy(await bench.approvedJob())).rejects.toMatchObject({
    ...{ type: FAILURES.picturesUnreachable, nonRetryable: false },
    message: `The provider could not fetch the pictures: ${pictures.url} (PUBLIC_BASE_URL) does not serve them, ${problem}. Nothing was bought.`,
  })
  expect(bench.simulator.bill().predictions).toHaveLength(0)
  expect(await bench.db.prediction.count()).toBe(0)
})

const served = (response: ServerResponse, hash: string) => response.setHeader('etag', `"${hash}"`).end()

it('buys with the pictures that are served beside one that is not', async () => {
  const [bad, good] = [await bench.approvedJob(), await bench.approvedJob()]
  const missing = [bad.scenes[0]?.firstAssetId, bad.scenes[0]?.lastAssetId]
  answer = (response, hash, id) =>
    missing.includes(id) ? setTimeout(() => response.writeHead(404).end(), 200) : served(response, hash)
  const [ofBad, ofGood] = await Promise.allSettled([buy(bad), buy(good)])
  expect(ofBad).toMatchObject({ status: 'rejected', reason: { type: FAILURES.picturesUnreachable } })
  expect(ofGood).toEqual({ status: 'fulfilled', value: undefined })
})

it('buys nothing with a picture that the store has lost, although others are served', async () => {
  answer = served
  const [lost, whole] = [await bench.approvedJob(), await bench.approvedJob()]
  const first = { id: lost.scenes[0]?.firstAssetId ?? '' }
  await bench.db.asset.update({ where: first, data: { blobHash: '0'.repeat(64) } })
  await buy(whole)
  await expect(buy(lost)).rejects.toMatchObject({
    ...{ type: FAILURES.picturesUnreachable, nonRetryable: false },
    message: expect.stringContaining('does not serve them, one is not in the store. Nothing was bought.'),
  })
  expect(await bench.db.prediction.count({ where: { jobId: lost.id } })).toBe(0)
})

it('asks once for all that is bought at about the same moment', async () => {
  const requests: string[] = []
  // Of its own: what the tests before were answered still counts for theirs.
  const others = await startOriginServer((request, response) => {
    requests.push(`${request.method}`)
    asTold(request, response)
  })
  bench.config.http.publicBaseUrl = others.url
  answer = served
  const jobs = [await bench.approvedJob(), await bench.approvedJob(), await bench.approvedJob()]
  await Promise.all(jobs.map(buy))
  expect(requests.filter((method) => method === 'HEAD')).toHaveLength(1)
  others.close()
})
