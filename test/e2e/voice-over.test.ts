import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Greenlight } from '../../runtime/start-all.ts'
import { rms } from '../media/support.ts'
import { createScreening } from '../support/screening.ts'
import { type Api, type Base, startBase, startGreenlight } from '../support/stack.ts'

const FIRST = 'Breakfast with the lake at your feet.'
const SECOND = 'And evenings by the fire.'

const screening = await createScreening()

let base: Base
let greenlight: Greenlight & { api: Api }
let api: Api
let campaign: string
beforeAll(async () => {
  base = await startBase()
  greenlight = await startGreenlight(base)
  api = greenlight.api
  campaign = await api.campaign(['chelsea.png', 'coffee.png'])
})
afterAll(async () => {
  await greenlight.stop()
  await base.stop()
})

const spokenBill = () => base.simulator.bill().predictions.filter(({ model }) => model.startsWith('resemble-ai/'))

/** A job of two scenes of 4 s with something to say in each, approved. @returns its id, and what it was to cost */
async function newJob(parameters: Record<string, unknown>): Promise<{ id: number; estimate: number }> {
  const job = await api.post('/jobs/from-image-pairs', {
    ...{ campaign_id: campaign, clip_duration: 4, num_pairs: 2 },
    parameters: { keep_clip_audio: false, ...parameters },
  })
  const id = job.body.job_id
  for (const [index, voice_over] of [FIRST, SECOND].entries()) {
    expect(await api.patch(`/jobs/${id}/storyboard/scenes/${index}`, { voice_over })).toMatchObject({ status: 200 })
  }
  const { body } = await api.get(`/jobs/${id}`)
  expect(body.storyboard.scenes).toMatchObject([{ voice_over: FIRST }, { voice_over: SECOND }])
  await api.post(`/jobs/${id}/approve`)
  return { id, estimate: body.estimated_cost }
}

async function soundOf(id: number): Promise<Float32Array> {
  return screening.sound(await screening.saved(api, `/videos/${id}/combined`, `spoken-${id}.mp4`))
}

describe('a film with a voice-over', () => {
  it('is spoken over in every scene that has one, for which is paid once, in the voice that was asked for', async () => {
    const { id, estimate } = await newJob({ voice: 'orion' })
    const price = (FIRST.length + SECOND.length) * 0.00004
    expect(estimate).toBeCloseTo(1.6 + price, 6)
    const ended = await api.ended(id)
    expect(ended.body).toMatchObject({ status: 'completed', progress: { audio_error: null } })
    expect(ended.body.costs.actual).toBeCloseTo(estimate, 6)
    expect(
      spokenBill()
        .map(({ input, billed }) => [input.prompt, input.voice, billed])
        .sort(),
    ).toEqual([
      [SECOND, 'Orion', true],
      [FIRST, 'Orion', true],
    ])

    // 37 characters take 2.5 s and 25 take 1.7, from 0.3 s after each scene has begun; nothing else is heard.
    const sound = await soundOf(id)
    expect(sound.length / 48_000).toBeCloseTo(8, 1)
    for (const [from, to] of [
      [0.4, 2.7],
      [4.4, 5.9],
    ] as const) {
      expect(rms(sound, from, to), `${from} s`).toBeGreaterThan(0.05)
    }
    for (const [from, to] of [
      [0, 0.25],
      [3, 4.2],
      [6.3, 7.9],
    ] as const) {
      expect(rms(sound, from, to), `${from} s`).toBeLessThan(0.002)
    }

    // A scene that is rendered again is spoken over with what is there.
    const [{ id: sceneId }] = (await api.get(`/jobs/${id}/scenes`)).body.scenes
    await api.post(`/jobs/${id}/scenes/${sceneId}/regenerate`, { prompt: 'At dusk' })
    await expect
      .poll(async () => (await api.get(`/jobs/${id}`)).body.revision.state, { timeout: 60_000 })
      .toBe('completed')
    expect(rms(await soundOf(id), 0.4, 2.7)).toBeGreaterThan(0.05)
    expect(spokenBill()).toHaveLength(2)

    const { voiceHash } = await greenlight.parts.db.scene.findFirstOrThrow({ where: { jobId: id } })
    expect(await greenlight.parts.blobs.stat(voiceHash ?? '')).not.toBeNull()
    await api.delete(`/jobs/${id}`)
    expect(await greenlight.parts.blobs.stat(voiceHash ?? '')).toBeNull()
  })

  it('does without one that fails, and says so', async () => {
    base.simulator.setFaults([{ match: { promptIncludes: SECOND }, fault: { kind: 'fail', error: 'no GPU' } }])
    const { id } = await newJob({})
    const { body } = await api.ended(id)
    expect(body).toMatchObject({ status: 'completed' })
    expect(body.progress.audio_error).toMatch(/^The voice-over of scene 2 failed: .*no GPU/)
    const sound = await soundOf(id)
    expect([rms(sound, 0.4, 2.7) > 0.05, rms(sound, 4.4, 5.9) < 0.002]).toEqual([true, true])
    base.simulator.setFaults([])
  })
})

it('is what a job fails for that is not to be without it, and all that its retry buys', async () => {
  base.simulator.setFaults([{ match: { promptIncludes: SECOND }, fault: { kind: 'fail', error: 'no GPU' } }])
  const { id } = await newJob({ audio_fail_on_error: true })
  const failed = await api.ended(id)
  expect(failed.body).toMatchObject({ status: 'failed', progress: { error: expect.stringContaining('no GPU') } })
  base.simulator.setFaults([])
  const before = base.simulator.bill().predictions.length
  await api.post(`/jobs/${id}/retry`)
  expect((await api.ended(id)).body).toMatchObject({
    status: 'completed',
    progress: { error: null, audio_error: null },
  })
  expect(base.simulator.bill().predictions.slice(before)).toMatchObject([{ input: { prompt: SECOND }, billed: true }])
  const sound = await soundOf(id)
  for (const from of [0.4, 4.4]) expect(rms(sound, from, from + 1.3), `${from} s`).toBeGreaterThan(0.05)
})

it('refuses a voice that the model does not have', async () => {
  const parameters = { voice: 'Darth' }
  const answer = await api.post('/jobs/from-image-pairs', { campaign_id: campaign, parameters })
  expect(answer).toMatchObject({ status: 422, body: { error: 'Validation failed' } })
  expect(answer.body.details['parameters.voice'][0]).toContain('Luna')
})
