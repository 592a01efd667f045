/** What 50 jobs of all kinds were to cost, held against what the simulator billed by its own table for what it rendered. */
import path from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Greenlight } from '../../runtime/start-all.ts'
import { type Answer, type Api, type Base, PHOTOS, startBase, startGreenlight } from '../support/stack.ts'

const JOBS = 50
const KINDS = ['from-image-pairs', 'from-property-photos', 'create-job'] as const
const PHOTO_NAMES = ['chelsea.png', 'coffee.png', 'rocket.jpg']

type Body = Answer['body']

let base: Base
let greenlight: Greenlight & { api: Api }
let api: Api
let campaign: string
beforeAll(async () => {
  base = await startBase()
  greenlight = await startGreenlight(base)
  api = greenlight.api
  campaign = await api.campaign([])
  for (const name of PHOTO_NAMES) {
    // In the film's shape, so that no clip has to be brought to it.
    const wide = await sharp(path.join(PHOTOS, name)).resize(1280, 720).jpeg().toBuffer()
    const form = new FormData()
    form.set('campaign_id', campaign)
    form.set('file', new Blob([new Uint8Array(wide)], { type: 'image/jpeg' }), name)
    await api.post('/assets', form)
  }
})
afterAll(async () => {
  await greenlight?.stop()
  await base?.stop()
})

/** A job that differs from its neighbours in all that its price depends on. @returns it as it waits for its approval */
async function newJob(n: number, models: string[]): Promise<Body> {
  const kind = KINDS[n % KINDS.length]
  const parameters = { auto_generate_audio: n % 2 === 0 }
  const wish = { video_model: models[n % models.length], clip_duration: 1 + ((n * 7) % 10), parameters }
  const at = kind === 'create-job' ? `/campaigns/${campaign}/create-job` : `/jobs/${kind}`
  const own = kind === 'create-job' ? { num_scenes: 1 + (n % 2) } : { campaign_id: campaign, num_pairs: 1 + (n % 2) }
  const created = await api.post(at, { ...wish, ...own, property_types: ['kitchen', 'exterior'] })
  expect(created.status, JSON.stringify(created.body)).toBe(201)
  const id: number = created.body.job_id ?? created.body.data.id
  if (n % 3 === 1) {
    const voice_over = 'A house by the lake. '.repeat(1 + (n % 4)).trim()
    expect((await api.patch(`/jobs/${id}/storyboard/scenes/0`, { voice_over })).status).toBe(200)
  }
  return (await api.get(`/jobs/${id}`)).body
}

const micro = (usd: number) => Math.round(usd * 1e6)
const sum = (amounts: number[]) => amounts.reduce((all, one) => all + one, 0)

it(`the bill of ${JOBS} jobs is what they were estimated to cost, scene by scene, to the millionth of a dollar`, async () => {
  const { data } = (await api.get('/models')).body
  const models = data.filter(({ kind }: Body) => kind === 'video').map(({ id }: Body) => id)
  const jobs: Body[] = []
  for (let n = 0; n < JOBS; n++) jobs.push(await newJob(n, models))
  for (const { job_id } of jobs) expect((await api.post(`/jobs/${job_id}/approve`)).status).toBe(200)

  for (const job of jobs) {
    const { job_id: id, estimated_cost: estimated, storyboard } = job
    const ended = (await api.ended(id, 280_000)).body
    expect(ended, JSON.stringify(ended.progress)).toMatchObject({ status: 'completed', progress: { error: null } })
    expect(micro(ended.costs.actual), `job ${id}`).toBe(micro(estimated))
    expect(sum(storyboard.scenes.map((scene: Body) => micro(scene.estimated_cost)))).toBe(micro(estimated))
    const bought = await greenlight.parts.db.prediction.findMany({ where: { jobId: id } })
    const lines = new Map(base.simulator.bill().predictions.map((line) => [line.id, line]))
    for (const { providerId, priceMicroUsd, subject, model } of bought) {
      const line = lines.get(providerId ?? '')
      expect(micro(line?.price_usd ?? 0), `${subject} of ${model} in job ${id}`).toBe(priceMicroUsd)
    }
    expect(sum(bought.map(({ providerId }) => micro(lines.get(providerId ?? '')?.price_usd ?? 0)))).toBe(
      micro(estimated),
    )
  }
  const total = sum(jobs.map(({ estimated_cost }) => micro(estimated_cost)))
  expect(micro(base.simulator.bill().total_usd)).toBe(total)
}, 300_000)
