import { describe, expect, it } from 'vitest'
import { installationId } from '../../prisma/queries/installation.ts'
import { revise, videoJobWorkflowId } from '../../workflows/contract.ts'
import { useRevisionStack } from '../support/revision-stack.ts'
import { hash } from '../support/revisions.ts'

const stack = useRevisionStack()

describe('a regeneration', () => {
  it('of a job whose music failed is in the film, and keeps what is there', async () => {
    const { base, greenlight, api, approved, scenesOf, billed } = stack()
    base.simulator.setFaults([{ match: { model: 'meta/musicgen' }, fault: { kind: 'fail', error: 'out of memory' } }])
    const parameters = { auto_generate_audio: true, audio_fail_on_error: true, audio_error_strategy: 'halt' }
    const id = await approved('quay', { parameters })
    expect((await api.ended(id)).body.status).toBe('failed')
    base.simulator.setFaults([])
    const [first, second] = await scenesOf(id)
    await api.post(`/jobs/${id}/scenes/${first?.id}/regenerate`)
    expect((await api.ended(id)).body.status).toBe('completed')
    expect(billed('quay')).toHaveLength(3)
    const [again, same] = await scenesOf(id)
    expect(again).toMatchObject({ status: 'completed', attempt: 2, takes: [{ shown: false }, { shown: true }] })
    expect(same).toMatchObject({ status: 'completed', attempt: 1, id: second?.id })
    const { stitchedHash } = await greenlight.parts.db.job.findUniqueOrThrow({ where: { id } })
    expect(stitchedHash).not.toBeNull()
  })

  it('that fails leaves the film, the scene and the job as they are, and says why', async () => {
    const { base, api, approved, revised, scenesOf } = stack()
    const id = await approved('hill')
    await api.ended(id)
    const film = hash(await api.bytes(`/videos/${id}/combined`))
    const [first] = await scenesOf(id)
    base.simulator.setFaults([{ fault: { kind: 'fail', error: 'no GPU' } }])
    await api.post(`/jobs/${id}/scenes/${first?.id}/regenerate`, { prompt: 'hill in rain' })
    const job = await revised(id, 1)
    expect(job).toMatchObject({ status: 'completed', progress: { error: null } })
    expect(job.revision).toMatchObject({ state: 'failed', error: expect.stringMatching(/^Scene 1.* failed: .*no GPU/) })
    expect(hash(await api.bytes(`/videos/${id}/combined`))).toBe(film)
    expect((await scenesOf(id))[0]).toMatchObject({
      prompt: 'hill 0',
      status: 'completed',
      regeneration: { state: 'failed' },
    })
  })

  it('waits for the one before it, and both are in the film', async () => {
    const { api, approved, revised, scenesOf, billed } = stack()
    const id = await approved('dune')
    await api.ended(id)
    const [first, second] = await scenesOf(id)
    await api.post(`/jobs/${id}/scenes/${first?.id}/regenerate`, { prompt: 'dune alpha' })
    const answer = await api.post(`/jobs/${id}/scenes/${second?.id}/regenerate`, { prompt: 'dune beta' })
    expect(answer.body.revision).toMatchObject({ number: 2, state: 'queued' })
    await revised(id, 2)
    expect((await scenesOf(id)).map(({ prompt }) => prompt)).toEqual(['dune alpha', 'dune beta'])
    expect(billed('dune')).toHaveLength(4)
  })

  it('keeps the music unless new music is asked for', async () => {
    const { api, approved, revised, scenesOf, billed } = stack()
    const id = await approved('song', { parameters: { auto_generate_audio: true } })
    expect((await api.ended(id)).body.current_stage).toBe('audio_completed')
    const music = billed('musicgen').length
    const song = hash(await api.bytes(`/audio/${id}/download`))
    const [first] = await scenesOf(id)
    await api.post(`/jobs/${id}/scenes/${first?.id}/regenerate`)
    expect((await revised(id, 1)).revision).toMatchObject({ state: 'completed' })
    expect(billed('musicgen')).toHaveLength(music)
    expect(hash(await api.bytes(`/audio/${id}/download`))).toBe(song)

    await api.post(`/jobs/${id}/scenes/${first?.id}/regenerate`, { music: 'true' })
    expect((await revised(id, 2)).revision).toMatchObject({ state: 'completed' })
    expect(billed('musicgen')).toHaveLength(music + 2)
    expect(hash(await api.bytes(`/audio/${id}/download`))).not.toBe(song)
  })

  it('that fails once its clip is stored is finished by asking again: clip and music are paid for once', async () => {
    const { base, api, approved, revised, scenesOf, billed } = stack()
    const id = await approved('mill', { parameters: { auto_generate_audio: true, audio_error_strategy: 'halt' } })
    expect((await api.ended(id)).body.current_stage).toBe('audio_completed')
    const film = hash(await api.bytes(`/videos/${id}/combined`))
    const music = billed('musicgen').length
    const [first] = await scenesOf(id)
    const again = () => api.post(`/jobs/${id}/scenes/${first?.id}/regenerate`, { prompt: 'mill at night', music: true })
    base.simulator.setFaults([
      { match: { model: 'meta/musicgen', nth: 2 }, fault: { kind: 'fail', error: 'out of memory' } },
    ])
    await again()
    expect((await revised(id, 1)).revision).toMatchObject({ state: 'failed', error: expect.stringMatching(/music/) })
    expect(hash(await api.bytes(`/videos/${id}/combined`))).toBe(film)
    expect((await scenesOf(id))[0]).toMatchObject({ prompt: 'mill 0', takes: [{ shown: true }, { shown: false }] })
    base.simulator.setFaults([])

    await again()
    expect((await revised(id, 2)).revision).toMatchObject({ state: 'completed' })
    expect(billed('mill at night')).toHaveLength(1)
    expect(billed('musicgen')).toHaveLength(music + 2)
    expect(hash(await api.bytes(`/videos/${id}/combined`))).not.toBe(film)
    expect((await scenesOf(id))[0]).toMatchObject({ prompt: 'mill at night', attempt: 2 })

    await api.post(`/jobs/${id}/scenes/${first?.id}/regenerate`)
    await revised(id, 3)
    expect(billed('mill at night')).toHaveLength(2)
    expect((await scenesOf(id))[0]).toMatchObject({ attempt: 3 })
  })

  it('of a failed job, with another prompt, lets it go on', async () => {
    const { base, api, approved, scenesOf, billed } = stack()
    base.simulator.setFaults([{ match: { promptIncludes: 'nude' }, fault: { kind: 'fail', error: 'moderation' } }])
    const id = await approved('nude')
    await api.ended(id)
    const [first, second] = await scenesOf(id)
    await api.post(`/jobs/${id}/scenes/${first?.id}/regenerate`, { prompt: 'calm sea one' })
    expect((await api.ended(id)).body).toMatchObject({
      status: 'failed',
      progress: { error: expect.stringMatching(/^Scene 2/) },
    })
    await api.post(`/jobs/${id}/scenes/${second?.id}/regenerate`, { prompt: 'calm sea two' })
    expect((await api.ended(id)).body.status).toBe('completed')
    expect(billed('calm sea')).toHaveLength(2)
  })

  it('is refused to a job that has not ended, and of pictures that are not there', async () => {
    const { api, campaign } = stack()
    const { body: job } = await api.post('/jobs/from-image-pairs', { campaign_id: campaign, num_pairs: 2 })
    const scene = `/jobs/${job.job_id}/scenes/${job.storyboard.scenes[0].id}`
    expect(await api.post(`${scene}/regenerate`)).toMatchObject({
      status: 422,
      body: { error: 'Scene cannot be regenerated', current_status: 'pending' },
    })
    const missing = { asset_ids: ['6b1f0f5e-0000-4000-8000-000000000000'] }
    expect(await api.post(`${scene}/regenerate`, missing)).toMatchObject({ status: 422, body: { details: {} } })
    const nowhere = `/jobs/${job.job_id}/scenes/6b1f0f5e-0000-4000-8000-000000000000/regenerate`
    expect((await api.post(nowhere)).status).toBe(404)
  })

  it('can be signaled from the Temporal UI, once however often the activity is tried', async () => {
    const { base, greenlight, api, approved, revised, scenesOf, billed } = stack()
    const id = await approved('mast')
    await api.ended(id)
    const [first] = await scenesOf(id)
    const workflowId = videoJobWorkflowId(await installationId(greenlight.parts.db), id)
    await base.client.workflow.signalWithStart('videoJob', {
      workflowId,
      taskQueue: 'greenlight',
      args: [{ jobId: id }],
      signal: revise,
      signalArgs: [{ scenes: [first?.id] }],
    })
    expect(await revised(id, 1)).toMatchObject({
      revision: { kind: 'regenerate', by: 'a Temporal signal', state: 'completed' },
    })
    expect(billed('mast')).toHaveLength(3)
  })
})
