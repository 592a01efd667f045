import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { installationId } from '../../prisma/queries/installation.ts'
import type { Greenlight } from '../../runtime/start-all.ts'
import { videoJobWorkflowId } from '../../workflows/contract.ts'
import { type Answer, type Api, type Base, startBase, startGreenlight } from '../support/stack.ts'

type Job = Answer['body']
type Scene = Answer['body']

/** Milliseconds: how quickly a provider answers a create, and how long it renders. */
const CREATE_MS = 300
const RENDER_MS = 600

let base: Base
let greenlight: Greenlight & { api: Api }
let api: Api
let campaign: string
beforeAll(async () => {
  base = await startBase({ renderMs: RENDER_MS })
  greenlight = await startGreenlight(base)
  api = greenlight.api
  campaign = await api.campaign(['chelsea.png', 'coffee.png', 'rocket.jpg'])
})
afterAll(async () => {
  await greenlight?.stop()
  await base?.stop()
})

async function newJob(fields: Record<string, unknown> = {}): Promise<Job> {
  const body = { campaign_id: campaign, clip_duration: 4, num_pairs: 2, ...fields }
  const created = await api.post('/jobs/from-image-pairs', body)
  expect(created).toMatchObject({ status: 201, body: { status: 'pending', storyboard_ready: true } })
  return created.body
}

const scenesOf = async (jobId: number): Promise<Scene[]> => (await api.get(`/jobs/${jobId}/scenes`)).body.scenes

async function workflowStatus(jobId: number): Promise<string> {
  const id = videoJobWorkflowId(await installationId(greenlight.parts.db), jobId)
  const handle = base.client.workflow.getHandle(id)
  await handle.result().catch(() => {})
  return (await handle.describe()).status.name
}

/** Everything that a poller sees of a job from now until its end. */
async function watched(jobId: number, everyMs: number): Promise<Job[]> {
  const seen: Job[] = []
  for (;;) {
    const { body } = await api.get(`/jobs/${jobId}`)
    seen.push(body)
    if (body.status === 'completed' || body.status === 'failed') return seen
    await sleep(everyMs)
  }
}

/** A list without repetitions of neighbours. */
const steps = <T>(values: T[]) => values.filter((value, n) => value !== values[n - 1])

/** Checks that a job's events are numbered without gaps. @returns the stages and percentages that they tell of */
async function progressEvents(jobId: number): Promise<{ stage: string; percentage: number }[]> {
  const events = await greenlight.parts.db.jobEvent.findMany({ where: { jobId }, orderBy: { seq: 'asc' } })
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, n) => n + 1))
  const progress = events.filter(({ type }) => type === 'progress')
  return progress.map(({ data }) => data as { stage: string; percentage: number })
}

const RENDERING = ['starting_render', 'waiting_prediction', 'downloading_video', 'stitching']

describe('the stages of a job', { timeout: 90_000 }, () => {
  it.each([
    { what: 'with music', music: true, after: ['audio_generation_pending', 'audio_generation', 'audio_completed'] },
    { what: 'without music', music: false, after: ['completed'] },
  ])('$what are all shown, in order, while it never seems to run backwards', async ({ music, after }) => {
    base.simulator.setFaults([{ fault: { kind: 'latency', ms: CREATE_MS } }])
    const { job_id: id } = await newJob({ parameters: { auto_generate_audio: music } })
    const watching = watched(id, 10)
    await api.post(`/jobs/${id}/approve`)
    const seen = await watching

    const stages = ['pending', ...RENDERING, ...after]
    expect(steps(seen.map(({ current_stage }) => current_stage))).toEqual(stages)
    for (const { current_stage, progress } of seen) expect(progress.stage).toBe(current_stage)
    const statuses = steps(seen.map(({ status }) => status))
    // "approved" lasts until the workflow takes the approval up.
    expect(statuses.filter((status) => status !== 'approved')).toEqual(['pending', 'processing', 'completed'])
    const percentages = seen.map(({ progress_percentage }) => progress_percentage)
    expect(percentages).toEqual(percentages.toSorted((a, b) => a - b))
    expect(percentages.at(-1)).toBe(100)
    expect(seen.every(({ progress }) => progress.error === null && progress.audio_error === null)).toBe(true)

    const told = await progressEvents(id)
    expect(steps(told.map(({ stage }) => stage))).toEqual(stages.slice(1))
    expect(told).toEqual(told.toSorted((a, b) => a.percentage - b.percentage))
  })
})

describe('a prediction that fails', { timeout: 60_000 }, () => {
  it('fails the job with what failed and why, and leaves its siblings rendered', async () => {
    const { job_id: id, storyboard } = await newJob({ num_pairs: 3 })
    const [kept, refused, dropped] = storyboard.scenes
    base.simulator.setFaults([
      { match: { promptIncludes: refused.prompt }, fault: { kind: 'fail', error: 'moderation' } },
      { match: { promptIncludes: dropped.prompt }, fault: { kind: 'fail', error: 'internal' } },
    ])
    const before = base.simulator.bill()
    await api.post(`/jobs/${id}/approve`)
    const { body: job } = await api.ended(id)

    expect(job).toMatchObject({ status: 'failed', current_stage: 'failed' })
    expect(job.progress.error).toBe(
      `Scene 2 "${refused.title}" failed: The provider's content filter refused the prediction: “The input or output was ` +
        'flagged as sensitive. Please try again with different inputs. (E005)”. Change the prompt or the pictures, then ' +
        `retry. Scene 3 "${dropped.title}" failed: The provider interrupted the prediction: “Prediction interrupted; ` +
        'please retry (code: PA)”. Retry it. One other scene is rendered and kept.',
    )
    const { body: list } = await api.get(`/jobs/${id}/scenes`)
    expect(list).toMatchObject({ total_scenes: 3, completed_scenes: 1 })
    expect(list.scenes).toMatchObject([
      { id: kept.id, status: 'completed', has_video: true, error: null },
      { id: refused.id, status: 'failed', has_video: false, error: expect.stringMatching(/E005/) },
      { id: dropped.id, status: 'failed', has_video: false, error: expect.stringMatching(/code: PA/) },
    ])
    expect((await api.bytes(`/videos/${id}/clips/clip_${kept.id}.mp4`)).subarray(4, 8).toString()).toBe('ftyp')
    expect((await api.get(`/videos/${id}/combined`)).status).toBe(404)
    expect(await workflowStatus(id)).toBe('FAILED')
    await progressEvents(id)

    const after = base.simulator.bill()
    expect(after.count - before.count).toBe(1)
    expect(job.costs.actual).toBeCloseTo(after.total_usd - before.total_usd, 6)
  })
})

describe('a job that is canceled', () => {
  it('cancels at the provider what is running there, and says by whom and why', async () => {
    base.simulator.setFaults([{ fault: { kind: 'hang' } }])
    const { job_id: id } = await newJob()
    await api.post(`/jobs/${id}/approve`)
    while ((await scenesOf(id)).some(({ state }) => state !== 'rendering')) await sleep(20)
    const running = (await scenesOf(id)).map(({ provider_id }) => provider_id)

    const canceled = await api.post(`/jobs/${id}/cancel`, { by: 'Anna', reason: 'the wrong photos' })
    expect(canceled).toMatchObject({
      status: 200,
      body: { message: 'Job canceled successfully', job_id: id, status: 'failed' },
    })
    const { body: job } = await api.get(`/jobs/${id}`)
    expect(job).toMatchObject({ status: 'failed', current_stage: 'canceled' })
    expect(job.progress.error).toBe('Canceled by Anna: the wrong photos')

    expect(await workflowStatus(id)).toBe('CANCELLED')
    const { predictions } = base.simulator.bill()
    const ended = predictions.filter((prediction) => running.includes(prediction.id))
    expect(ended.map(({ status }) => status)).toEqual(['canceled', 'canceled'])
    expect(await scenesOf(id)).toMatchObject([{ status: 'failed' }, { status: 'failed' }])
    expect((await api.get(`/jobs/${id}`)).body.progress).toEqual(job.progress)
    expect(await api.post(`/jobs/${id}/cancel`)).toMatchObject({
      status: 422,
      body: {
        error: 'Job cannot be canceled',
        job_id: id,
        current_status: 'failed',
        reason: expect.stringMatching(/Anna/),
      },
    })
  })
})

describe('a job that is rejected', () => {
  it('ends unrendered, says by whom and why, and can be approved no more', async () => {
    base.simulator.setFaults([])
    const bought = base.simulator.bill().predictions.length
    const { job_id: id } = await newJob()
    expect(await api.post(`/jobs/${id}/reject`, { by: 'Ben', reason: 'too dark' })).toMatchObject({
      status: 200,
      body: { message: 'Job rejected successfully', job_id: id, status: 'failed' },
    })
    const { body: job } = await api.get(`/jobs/${id}`)
    expect(job).toMatchObject({ status: 'failed', current_stage: 'rejected' })
    expect(job.progress.error).toBe('Rejected by Ben: too dark')
    expect(await api.post(`/jobs/${id}/approve`)).toMatchObject({
      status: 422,
      body: {
        error: 'Job cannot be approved',
        job_id: id,
        current_status: 'failed',
        reason: expect.stringMatching(/Rejected by Ben/),
      },
    })
    expect(await workflowStatus(id)).toBe('COMPLETED')
    expect(base.simulator.bill().predictions).toHaveLength(bought)
    await progressEvents(id)
  })
})
