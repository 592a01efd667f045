import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { installationId } from '../../prisma/queries/installation.ts'
import { videoJobWorkflowId } from '../../workflows/contract.ts'
import { useRevisionStack } from '../support/revision-stack.ts'

const stack = useRevisionStack()

describe('a retry', () => {
  it('pays only for the scenes that failed, and finishes the film', async () => {
    const { base, greenlight, api, approved, revised, scenesOf, billed } = stack()
    base.simulator.setFaults([{ match: { promptIncludes: 'lake 1' }, fault: { kind: 'fail', error: 'moderation' } }])
    const id = await approved('lake', { num_pairs: 3 })
    expect((await api.ended(id)).body).toMatchObject({ status: 'failed', current_stage: 'failed' })
    expect(billed('lake')).toHaveLength(2)
    base.simulator.setFaults([])

    const answer = await api.post(`/jobs/${id}/retry`, { by: 'Anna' })
    expect(answer).toMatchObject({
      status: 202,
      body: { job_id: id, status: 'processing', revision: { number: 1, kind: 'retry', by: 'Anna' } },
    })
    const job = (await api.ended(id)).body
    expect(job).toMatchObject({ status: 'completed', current_stage: 'completed', progress: { error: null } })
    expect(await revised(id, 1)).toMatchObject({ revision: { number: 1, state: 'completed', error: null } })
    expect(billed('lake')).toHaveLength(3)
    const [, again] = await scenesOf(id)
    expect(again).toMatchObject({ status: 'completed', attempt: 3 })
    const ledger = await greenlight.parts.db.prediction.findMany({ where: { jobId: id, sceneId: again?.id } })
    expect(ledger.map(({ attempt, reason }) => [attempt, reason.slice(0, 26)])).toEqual([
      [1, 'first'],
      [2, 'attempt 1 ended as failed:'],
      [3, 'revision 1, retried by Ann'],
    ])
  })

  it('buys again what the rules allow, counted from the attempt that a person decided on', async () => {
    const { base, api, approved, scenesOf } = stack()
    base.simulator.setFaults([{ match: { promptIncludes: 'bay 0' }, fault: { kind: 'fail', error: 'moderation' } }])
    const id = await approved('bay')
    expect((await api.ended(id)).body.status).toBe('failed')
    base.simulator.setFaults([
      { match: { promptIncludes: 'bay 0' }, times: 1, fault: { kind: 'fail', error: 'moderation' } },
    ])
    await api.post(`/jobs/${id}/retry`)
    expect((await api.ended(id)).body.status).toBe('completed')
    expect((await scenesOf(id))[0]).toMatchObject({ attempt: 4 })
  })

  it('of a job that fails again leaves it failed with the reason, and can be repeated', async () => {
    const { base, api, approved, revised, billed } = stack()
    base.simulator.setFaults([{ match: { promptIncludes: 'fog 2' }, fault: { kind: 'fail', error: 'no GPU' } }])
    const id = await approved('fog', { num_pairs: 3 })
    await api.ended(id)
    await api.post(`/jobs/${id}/retry`)
    const failed = await revised(id, 1)
    expect(failed).toMatchObject({ revision: { kind: 'retry', state: 'failed' } })
    expect((await api.ended(id)).body.progress.error).toMatch(/^Scene 3.* failed: .*no GPU/)
    base.simulator.setFaults([])
    await api.post(`/jobs/${id}/retry`)
    expect((await api.ended(id)).body.status).toBe('completed')
    expect(billed('fog')).toHaveLength(3)
  })

  it('redoes only the music when that was what failed', async () => {
    const { base, api, approved, billed } = stack()
    base.simulator.setFaults([
      { match: { model: 'meta/musicgen', nth: 2 }, fault: { kind: 'fail', error: 'out of memory' } },
    ])
    const parameters = { auto_generate_audio: true, audio_fail_on_error: true, audio_error_strategy: 'halt' }
    const id = await approved('tune', { parameters })
    expect((await api.ended(id)).body).toMatchObject({
      status: 'failed',
      progress: { error: expect.stringMatching(/The music failed/) },
    })
    const music = billed('musicgen').length
    base.simulator.setFaults([])
    await api.post(`/jobs/${id}/retry`)
    expect((await api.ended(id)).body).toMatchObject({ status: 'completed', current_stage: 'audio_completed' })
    expect(billed('tune')).toHaveLength(2)
    expect(billed('musicgen').length - music).toBe(1)
  })

  it('is refused to what has not failed, or is final', async () => {
    const { api, campaign } = stack()
    const { body: job } = await api.post('/jobs/from-image-pairs', { campaign_id: campaign, num_pairs: 2 })
    expect(await api.post(`/jobs/${job.job_id}/retry`)).toMatchObject({
      status: 422,
      body: {
        error: 'Job cannot be retried',
        job_id: job.job_id,
        current_status: 'pending',
        reason: expect.stringMatching(/Only a failed/),
      },
    })
    await api.post(`/jobs/${job.job_id}/reject`, { reason: 'dull' })
    expect(await api.post(`/jobs/${job.job_id}/retry`)).toMatchObject({
      status: 422,
      body: { reason: expect.stringMatching(/Rejected.*Copy/) },
    })
    expect((await api.post('/jobs/999999/retry')).status).toBe(404)
  })

  it('goes on with a job whose workflow was terminated', async () => {
    const { base, greenlight, api, approved, scenesOf } = stack()
    base.simulator.setFaults([{ match: { promptIncludes: 'cut 1' }, fault: { kind: 'hang' } }])
    const id = await approved('cut')
    while ((await scenesOf(id)).filter(({ status }) => status === 'completed').length < 1) await sleep(50)
    const workflowId = videoJobWorkflowId(await installationId(greenlight.parts.db), id)
    await base.client.workflow.getHandle(workflowId).terminate('tried')
    await greenlight.parts.db.job.update({ where: { id }, data: { updatedAt: new Date(Date.now() - 5 * 60_000) } })
    const swept = await base.client.schedule.getHandle(`sweep-${await installationId(greenlight.parts.db)}`)
    await swept.trigger()
    expect((await api.ended(id)).body.progress.error).toMatch(/ended in Temporal.*Retry/)
    base.simulator.setFaults([])
    await api.post(`/jobs/${id}/retry`)
    expect((await api.ended(id)).body.status).toBe('completed')
  })
})
