import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { installationId } from '../../prisma/queries/installation.ts'
import type { Greenlight } from '../../runtime/start-all.ts'
import { findTool } from '../../toolchain/index.ts'
import { videoJobWorkflowId } from '../../workflows/contract.ts'
import { type Api, type Base, startBase, startGreenlight, startServer } from '../support/stack.ts'

const run = promisify(execFile)
let base: Base
let campaign: string
beforeAll(async () => {
  base = await startBase()
  const { api, stop } = await startServer(base)
  campaign = await api.campaign(['chelsea.png', 'coffee.png'])
  await stop()
})
afterAll(() => base.stop())

async function newJob(api: Api): Promise<number> {
  const job = await api.post('/jobs/from-image-pairs', { campaign_id: campaign, clip_duration: 4 })
  expect(job).toMatchObject({ status: 201, body: { status: 'pending', storyboard_ready: true } })
  return job.body.job_id
}

describe('an approval', () => {
  it('whose purchases are held up is found by that stage, and in the rows', async () => {
    const greenlight = await startGreenlight(base)
    const { api } = greenlight
    const id = await newJob(api)
    await api.post('/spending/pause', { reason: 'a look at the bill', by: 'Anna' })
    await api.post(`/jobs/${id}/approve`)
    const query = `GreenlightJob = ${id} AND GreenlightStage = "starting_render"`
    await expect.poll(() => base.client.workflow.count(query), { timeout: 30_000 }).toMatchObject({ count: 1 })
    expect((await api.get(`/jobs/${id}`)).body).toMatchObject({
      status: 'processing',
      current_stage: 'starting_render',
    })
    await api.post('/spending/resume')
    expect((await api.ended(id)).body).toMatchObject({ status: 'completed' })
    await greenlight.stop()
  })

  it('is won by exactly one of two that come at the same moment, 50 times in a row, on two servers', async () => {
    const greenlight = await startGreenlight(base)
    const jobs: number[] = []
    for (let n = 0; n < 50; n++) jobs.push(await newJob(greenlight.api))
    await greenlight.stop()

    const servers = await Promise.all([startServer(base), startServer(base)])
    for (const id of jobs) {
      const answers = await Promise.all(
        servers.map(({ api }, n) => api.post(`/jobs/${id}/approve`, { by: `approver ${n}` })),
      )
      const [won, lost] = answers.sort((a, b) => a.status - b.status)
      expect(won).toMatchObject({
        status: 200,
        body: { message: 'Job approved successfully', job_id: id, status: 'approved' },
      })
      expect(lost).toMatchObject({
        status: 422,
        body: { error: 'Job cannot be approved', job_id: id, current_status: 'approved' },
      })
      expect(lost?.body.reason).toMatch(/approved already, by approver [01]/)
    }
    const [first] = servers
    for (const id of jobs) await first?.api.post(`/jobs/${id}/cancel`)
    await Promise.all(servers.map(({ stop }) => stop()))
  })

  it('answers at once while no worker runs, and the job runs when one comes', async () => {
    const before = await startGreenlight(base)
    const id = await newJob(before.api)
    await before.stop()

    const server = await startServer(base)
    const began = Date.now()
    expect(await server.api.post(`/jobs/${id}/approve`)).toMatchObject({ status: 200 })
    expect(Date.now() - began).toBeLessThan(5_000)
    expect((await server.api.get(`/jobs/${id}`)).body.status).toBe('approved')
    await server.stop()

    const after = await startGreenlight(base)
    expect((await after.api.ended(id)).body).toMatchObject({ status: 'completed', current_stage: 'completed' })
    await after.stop()
  })

  describe('from the command line', () => {
    let greenlight: Greenlight & { api: Api }
    beforeAll(async () => {
      greenlight = await startGreenlight(base)
    })
    afterAll(() => greenlight.stop())

    async function signal(jobId: number, ...input: string[]) {
      const { path } = await findTool('temporal')
      const workflowId = videoJobWorkflowId(await installationId(greenlight.parts.db), jobId)
      const server = ['--address', base.temporal.address, '--namespace', base.temporal.namespace]
      await run(path, ['workflow', 'signal', '--workflow-id', workflowId, '--name', 'approve', ...input, ...server])
    }

    it.each([
      { how: 'without input', input: [], by: 'a Temporal signal', note: null },
      { how: 'with a name', input: ['--input', '"Anna"'], by: 'Anna', note: null },
      { how: 'with an object', input: ['--input', '{"by":"Anna","note":"go"}'], by: 'Anna', note: 'go' },
    ])('runs the job $how', async ({ input, by, note }) => {
      const id = await newJob(greenlight.api)
      await signal(id, ...input)
      const { body } = await greenlight.api.ended(id)
      expect(body).toMatchObject({ status: 'completed', decision: { decision: 'approved', by, note } })
    })

    it('that comes after a rejection changes nothing', async () => {
      const id = await newJob(greenlight.api)
      expect((await greenlight.api.post(`/jobs/${id}/reject`, { by: 'Ben', reason: 'too dark' })).status).toBe(200)
      await signal(id).catch(() => {})
      const { body } = await greenlight.api.ended(id)
      expect(body).toMatchObject({ status: 'failed', current_stage: 'rejected' })
      expect(body.progress.error).toBe('Rejected by Ben: too dark')
      expect(await greenlight.parts.db.prediction.count({ where: { jobId: id } })).toBe(0)
    })
  })

  it('of a job whose workflow an operator terminated is refused, and the job says why', async () => {
    const greenlight = await startGreenlight(base)
    const id = await newJob(greenlight.api)
    const workflowId = videoJobWorkflowId(await installationId(greenlight.parts.db), id)
    await base.client.workflow.getHandle(workflowId).terminate('no longer wanted')
    expect(await greenlight.api.post(`/jobs/${id}/approve`)).toMatchObject({
      status: 422,
      body: { error: 'Job cannot be approved', current_status: 'failed' },
    })
    const { body } = await greenlight.api.get(`/jobs/${id}`)
    expect(body.progress.error).toMatch(/workflow was ended in Temporal/)
    await greenlight.stop()
  })

  it('before the storyboard is written is refused, and says what to wait for', async () => {
    const server = await startServer(base, { STORYBOARD_TIMEOUT: '0.2' })
    const job = await server.api.post('/jobs/from-image-pairs', { campaign_id: campaign })
    expect(job).toMatchObject({ status: 201, body: { storyboard_ready: false, scene_count: 0 } })
    const approval = await server.api.post(`/jobs/${job.body.job_id}/approve`)
    expect(approval).toMatchObject({ status: 422, body: { current_status: 'pending' } })
    expect(approval.body.reason).toMatch(/storyboard/)
    await server.stop()
  })
})
