/** What ffmpeg does for a job ends with the job, at once, and leaves nothing. */
import { readdir } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Greenlight } from '../../runtime/start-all.ts'
import { type Api, type Base, startBase, startGreenlight } from '../support/stack.ts'
import { approvedJob, until } from './support.ts'

let base: Base
let greenlight: Greenlight & { api: Api }
let campaign: string
beforeAll(async () => {
  base = await startBase()
  greenlight = await startGreenlight(base)
  campaign = await greenlight.api.campaign(['chelsea.png', 'coffee.png'])
})
afterAll(async () => {
  await greenlight?.stop()
  await base?.stop()
})

it('is killed within a second or two of the cancellation', async () => {
  const { api, parts } = greenlight
  // Large and at many frames a second, so that every clip is seconds of work.
  const parameters = { resolution: '1080p', fps: 60 }
  const id = await approvedJob(api, campaign, 2, { clip_duration: 8, parameters })
  const files = () => readdir(parts.tempDir, { recursive: true })
  await until('ffmpeg works on a clip', async () => (await files()).some((name) => name.endsWith('output.mp4')))

  const began = Date.now()
  expect((await api.post(`/jobs/${id}/cancel`, { by: 'Anna' })).status).toBe(200)
  await until('it has ended and cleaned up', async () => !(await files()).some((name) => /^activity-|run-/.test(name)))
  expect(Date.now() - began).toBeLessThan(2_000)
  expect((await api.get(`/jobs/${id}`)).body.current_stage).toBe('canceled')
})
