import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { approveJob } from '../../prisma/queries/decisions.ts'
import { installationId } from '../../prisma/queries/installation.ts'
import { queueRetry } from '../../prisma/queries/revisions.ts'
import type { Greenlight } from '../../runtime/start-all.ts'
import { revise, SEARCH_ATTRIBUTES, videoJobWorkflowId } from '../../workflows/contract.ts'
import { createRevisionHelp } from '../support/revisions.ts'
import { type Api, type Base, startBase, startGreenlight } from '../support/stack.ts'

let base: Base
let greenlight: Greenlight & { api: Api }
let campaign: string
beforeAll(async () => {
  base = await startBase()
  greenlight = await startGreenlight(base, { APPROVAL_TIMEOUT: '3' })
  campaign = await greenlight.api.campaign(['chelsea.png', 'coffee.png', 'rocket.jpg'])
})
afterAll(async () => {
  await greenlight?.stop()
  await base?.stop()
})

/** The ids of the workflows that Temporal's UI finds by that query, once it finds any. */
async function found(query: string): Promise<string[]> {
  for (;;) {
    const ids: string[] = []
    for await (const { workflowId } of base.client.workflow.list({ query })) ids.push(workflowId)
    if (ids.length > 0) return ids
    await sleep(100)
  }
}

async function sweep(): Promise<void> {
  await base.client.schedule.getHandle(`sweep-${await installationId(greenlight.parts.db)}`).trigger()
}

it('finds workflows by job, campaign, client and stage', async () => {
  const { api } = greenlight
  const { approved } = createRevisionHelp(base, api, campaign)
  const id = await approved('fjord')
  const { body: job } = await api.ended(id)
  const [workflowId] = await found(`GreenlightJob = ${id}`)
  expect(workflowId).toMatch(new RegExp(`-${id}$`))
  expect(await found(`GreenlightCampaign = "${job.campaign_id}"`)).toContain(workflowId)
  expect(await found(`GreenlightClient = "${job.client_id}"`)).toContain(workflowId)
  expect(await found(`GreenlightJob = ${id} AND GreenlightStage = "completed"`)).toEqual([workflowId])
})

it('shows the run of a regeneration, failed or not, at the stage of the finished film', async () => {
  const { api, parts } = greenlight
  const { approved, revised, scenesOf } = createRevisionHelp(base, api, campaign)
  const id = await approved('isle')
  await api.ended(id)
  const [first] = await scenesOf(id)
  const handle = base.client.workflow.getHandle(videoJobWorkflowId(await installationId(parts.db), id))
  const closed = async () => {
    for (;;) {
      const run = await handle.describe()
      if (run.status.name !== 'RUNNING') return run
      await sleep(50)
    }
  }
  await closed()
  for (const error of ['no GPU', null]) {
    base.simulator.setFaults(error ? [{ match: { promptIncludes: 'isle' }, fault: { kind: 'fail', error } }] : [])
    await api.post(`/jobs/${id}/scenes/${first?.id}/regenerate`)
    await revised(id, error ? 1 : 2)
    const { status, typedSearchAttributes } = await closed()
    expect(status.name).toBe(error ? 'FAILED' : 'COMPLETED')
    expect(typedSearchAttributes.get(SEARCH_ATTRIBUTES.stage)).toBe('completed')
  }
})

it('renders a job that a revision was signaled to while its approval was still to be sent', async () => {
  const { api, parts } = greenlight
  const { body: job } = await api.post('/jobs/from-image-pairs', { campaign_id: campaign, num_pairs: 2 })
  const { job_id: id } = job
  await approveJob(parts.db, id, { by: 'Anna', note: null })
  const handle = base.client.workflow.getHandle(videoJobWorkflowId(await installationId(parts.db), id))
  await handle.signal(revise, {})
  const isPlanned = ({
    activityTaskScheduledEventAttributes: scheduled,
  }: {
    activityTaskScheduledEventAttributes?: unknown
  }) => JSON.stringify(scheduled ?? '').includes('planRevision')
  while (!(await handle.fetchHistory()).events?.some(isPlanned)) await sleep(50)
  await parts.db.job.update({ where: { id }, data: { decidedAt: new Date(Date.now() - 60_000) } })
  await sweep()
  expect((await api.ended(id)).body).toMatchObject({ status: 'completed' })
})

it('rejects a job that nobody decided about in time, saying so', async () => {
  const { api } = greenlight
  const { body } = await api.post('/jobs/from-image-pairs', { campaign_id: campaign, num_pairs: 2 })
  expect((await api.ended(body.job_id)).body).toMatchObject({
    status: 'failed',
    current_stage: 'rejected',
    progress: { error: 'Rejected by the approval timeout: nobody decided within 3 s (APPROVAL_TIMEOUT)' },
  })
})

it('sends a revision that a crash left unsent, by the sweep', async () => {
  const { api } = greenlight
  const { approved, revised } = createRevisionHelp(base, api, campaign)
  base.simulator.setFaults([{ match: { promptIncludes: 'moor' }, fault: { kind: 'fail', error: 'no GPU' } }])
  const id = await approved('moor')
  await api.ended(id)
  base.simulator.setFaults([])
  const { db } = greenlight.parts
  await queueRetry(db, id, { by: 'Anna' })
  await db.revision.updateMany({ where: { jobId: id }, data: { insertedAt: new Date(Date.now() - 60_000) } })
  await sweep()
  expect((await revised(id, 1)).revision).toMatchObject({ kind: 'retry', state: 'completed' })
})
