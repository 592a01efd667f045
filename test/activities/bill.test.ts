/**
 * What 50 jobs of all kinds were to cost, held against what the simulator billed by its own table for what it rendered. They
 * are created, changed and approved through the API, and bought as their plans say; no film is stitched of them.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { MockActivityEnvironment } from '@temporalio/testing'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { writeStoryboard } from '../../activities/write-storyboard.ts'
import { createApp } from '../../api/app.ts'
import { createTemplateWriter } from '../../providers/storyboard-template.ts'
import type { JobWorkflows } from '../../temporal/job-workflows.ts'
import type { Purchase } from '../../workflows/contract.ts'
import { type ActivityBench, startActivityBench } from './activity-bench.ts'

const JOBS = 50
const KINDS = ['from-image-pairs', 'from-property-photos', 'create-job'] as const

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the server answers, and then says what it expects
type Body = any

let bench: ActivityBench
let app: ReturnType<typeof createApp>
let campaign: string
beforeAll(async () => {
  bench = await startActivityBench()
  const deps = { ...bench, storyboardWriter: createTemplateWriter() }
  const write = writeStoryboard(deps)
  const start = (jobId: number) => new MockActivityEnvironment().run(write, { jobId }).then(() => undefined)
  const workflows = { ...bench.workflows, start, decided: async () => {} } as JobWorkflows
  app = createApp({ ...bench, workflows })
  const client = await ask('POST', '/clients', { name: 'ACME' })
  campaign = (await ask('POST', '/campaigns', { name: 'Spring', client_id: client.data.id })).data.id
  for (const background of ['red', 'green', 'blue']) {
    const create = { width: 320, height: 180, channels: 3, background } as const
    const blob_data = (await sharp({ create }).jpeg().toBuffer()).toString('base64')
    await ask('POST', '/assets', { campaign_id: campaign, blob_data })
  }
})
afterAll(() => bench?.stop())

async function ask(method: string, path: string, body?: unknown): Promise<Body> {
  const headers = { 'content-type': 'application/json', host: '127.0.0.1' }
  const sent = body === undefined ? {} : { body: JSON.stringify(body) }
  const response = await app.request(`http://127.0.0.1/api/v3${path}`, { method, headers, ...sent })
  const answer = (await response.json()) as Body
  if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${JSON.stringify(answer)}`)
  return answer
}

/** A job that differs from its neighbours in all that its price depends on. @returns it as it waits for its approval */
async function newJob(n: number, models: string[]): Promise<Body> {
  const kind = KINDS[n % KINDS.length]
  const parameters = {
    auto_generate_audio: n % 2 === 0,
    ...(n % 7 === 6 && { quality: 'draft' }),
    ...(n % 9 === 8 && { variants: 2 }),
  }
  const wish = { video_model: models[n % models.length], clip_duration: 1 + ((n * 7) % 10), parameters }
  const created =
    kind === 'create-job'
      ? await ask('POST', `/campaigns/${campaign}/create-job`, { ...wish, num_scenes: 1 + (n % 3) })
      : await ask('POST', `/jobs/${kind}`, { ...wish, campaign_id: campaign, num_pairs: 1 + (n % 2) })
  const id: number = created.job_id ?? created.data.id
  if (n % 3 === 1) {
    const voice_over = 'A house by the lake. '.repeat(1 + (n % 4)).trim()
    await ask('PATCH', `/jobs/${id}/storyboard/scenes/0`, { voice_over })
  }
  if (n % 5 === 4) await ask('PATCH', `/jobs/${id}/storyboard/scenes/0`, { model: models[(n + 1) % models.length] })
  return ask('GET', `/jobs/${id}`)
}

/** Approves a job, and buys what its plan says. */
async function buy(jobId: number): Promise<void> {
  await ask('POST', `/jobs/${jobId}/approve`, {})
  const recorded = await bench.attempt('recordDecision', { jobId, decision: 'approved', by: null, note: null })
  if (recorded.decision !== 'approved') throw new Error(`Job ${jobId} was not approved.`)
  const { scenes, music, voices } = recorded.plan
  const purchases: Purchase[] = [
    ...scenes.flatMap(({ id: sceneId, attempt, variants = 1 }) =>
      Array.from({ length: variants }, (_, variant) => {
        return { kind: 'scene' as const, jobId, sceneId, attempt: attempt + variant }
      }),
    ),
    ...Array.from({ length: music?.segments ?? 0 }, (_, position) => {
      return { kind: 'music' as const, jobId, position, attempt: 1 }
    }),
    ...(voices?.scenes ?? []).map((voice) => ({ kind: 'voice' as const, jobId, ...voice })),
  ]
  for (const purchase of purchases) await bench.attempt('submitPrediction', purchase)
}

const micro = (usd: number) => Math.round(usd * 1e6)
const sum = (amounts: number[]) => amounts.reduce((all, one) => all + one, 0)

it(`the bill of ${JOBS} jobs is what they were estimated to cost, to the millionth of a dollar`, async () => {
  const { data } = await ask('GET', '/models')
  const models: string[] = data.filter(({ kind }: Body) => kind === 'video').map(({ id }: Body) => id)
  const jobs: Body[] = []
  for (let n = 0; n < JOBS; n++) jobs.push(await newJob(n, models))
  for (const { job_id } of jobs) await buy(job_id)
  const isRunning = () => bench.simulator.bill().predictions.some(({ status }) => /starting|processing/.test(status))
  while (isRunning()) await sleep(50)

  const bill = bench.simulator.bill()
  const lines = new Map(bill.predictions.map((line) => [line.id, line]))
  expect(bill.predictions.every(({ status }) => status === 'succeeded')).toBe(true)
  const sold = await bench.db.prediction.findMany({ distinct: ['model'], select: { model: true } })
  expect(sold.map(({ model }) => model)).toEqual(expect.arrayContaining(models))
  for (const { job_id: jobId, estimated_cost, storyboard } of jobs) {
    expect(sum(storyboard.scenes.map((scene: Body) => micro(scene.estimated_cost)))).toBe(micro(estimated_cost))
    const bought = await bench.db.prediction.findMany({ where: { jobId } })
    for (const { providerId, priceMicroUsd, subject, model } of bought) {
      const line = lines.get(providerId ?? '')
      expect(micro(line?.price_usd ?? 0), `${subject} of ${model} in job ${jobId}`).toBe(priceMicroUsd)
    }
    expect(sum(bought.map(({ priceMicroUsd }) => priceMicroUsd)), `job ${jobId}`).toBe(micro(estimated_cost))
    const { costs } = await ask('GET', `/jobs/${jobId}`)
    expect(micro(costs.actual), `job ${jobId}`).toBe(micro(costs.estimated))
  }
  expect(micro(bill.total_usd)).toBe(sum(jobs.map(({ estimated_cost }) => micro(estimated_cost))))
}, 180_000)
