/** What the pictures of the studio show: films that look like somebody's, in every state, made on the whole of Greenlight. */
import { openAsBlob } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FaultRule } from '../../simulator/faults.ts'
import { PHOTOS } from '../support/stack.ts'
import type { Studio } from './browser.ts'

/** Films are really rendered here, on whatever else the machine does. */
const PATIENCE_MS = 600_000

export type Staged = Awaited<ReturnType<typeof stage>>

/** @returns the jobs by what became of them */
export async function stage({ api, base }: Studio) {
  const faults: FaultRule[] = []
  /** Has the job's last scene go so; by its prompt, which no other scene has. */
  async function last(jobId: number, fault: FaultRule['fault']): Promise<void> {
    const prompt: string = (await api.get(`/jobs/${jobId}`)).body.storyboard.scenes.at(-1).prompt
    faults.push({ match: { promptIncludes: prompt }, fault })
    base.simulator.setFaults(faults)
  }
  const client = await api.post('/clients', { name: 'Harbour Homes' })

  async function campaign(name: string, photos: string[]): Promise<string> {
    const made = await api.post('/campaigns', { name, client_id: client.body.data.id })
    for (const photo of photos) {
      const form = new FormData()
      form.set('campaign_id', made.body.data.id)
      form.set('name', photo.replace(/[_.].*/, ''))
      form.set('file', await openAsBlob(path.join(PHOTOS, photo)), photo)
      await api.post('/assets', form)
    }
    return made.body.data.id
  }
  async function job(campaign_id: string, parameters: object = {}, more: object = {}): Promise<number> {
    const { body } = await api.post('/jobs/from-image-pairs', {
      ...{ campaign_id, clip_duration: 4, parameters: { transition: 'auto', ...parameters }, ...more },
    })
    return body.job_id
  }

  const palace = await campaign('The Summer Palace', ['china.jpg', 'flower.jpg', 'coffee.png', 'chelsea.png'])
  const coffee = await campaign('Coffee, slowly', ['coffee.png', 'flower.jpg', 'china.jpg', 'chelsea.png'])
  const launch = await campaign('Launch day', ['rocket.jpg', 'hubble_deep_field.jpg', 'astronaut.png'])
  const cat = await campaign('Chelsea at home', ['chelsea.png', 'flower.jpg', 'coffee.png'])
  const crew = await campaign('Meet the crew', ['astronaut.png', 'coffee.png', 'rocket.jpg'])
  const garden = await campaign('A garden in May', ['flower.jpg', 'chelsea.png', 'china.jpg'])

  const words = { title: 'Coffee, slowly', call_to_action: 'Come in', auto_generate_audio: true }
  const film = await job(coffee, words)
  await api.post(`/jobs/${film}/approve`, { by: 'Anna' })
  await api.ended(film, PATIENCE_MS)
  const [scene] = (await api.get(`/jobs/${film}`)).body.storyboard.scenes
  await api.post(`/jobs/${film}/scenes/${scene.id}/regenerate`, { prompt: `${scene.prompt} At dusk.` })
  await until(async () => (await api.get(`/jobs/${film}`)).body.revision?.state === 'completed')
  for (const [at_seconds, text] of [
    [1.4, 'Let the steam rise a moment longer before we leave the cup.'],
    [5.2, 'The dahlia is lovely. Could the light stay as warm as in the first scene?'],
    [9.8, 'Hold the last picture for the call to action.'],
  ] as const) {
    await api.post(`/jobs/${film}/notes`, { at_seconds, text })
  }

  const failed = await job(crew)
  await last(failed, { kind: 'fail', error: 'moderation' })
  await api.post(`/jobs/${failed}/approve`, { by: 'Ben' })
  await api.ended(failed, PATIENCE_MS)
  const rejected = await job(garden)
  await api.post(`/jobs/${rejected}/reject`, { by: 'Anna', reason: 'The cat again? We sell gardens.' })
  const canceled = await job(garden)
  await api.post(`/jobs/${canceled}/cancel`, { by: 'Ben' })
  const second = await job(cat)
  await api.post(`/jobs/${second}/approve`, { by: 'Anna' })
  await api.ended(second, PATIENCE_MS)
  const rendering = await job(launch)
  await last(rendering, { kind: 'hang' })
  await api.post(`/jobs/${rendering}/approve`, { by: 'Anna' })
  await until(async () => (await api.get(`/jobs/${rendering}`)).body.progress_percentage > 20)
  await job(cat)
  const pending = await job(palace, { title: 'The Summer Palace', price: 'from € 39', call_to_action: 'Book a day' })
  const [, varied] = (await api.get(`/jobs/${pending}`)).body.storyboard.scenes
  await api.patch(`/jobs/${pending}/scenes/${varied.id}`, { model: 'hailuo-2.3', variants: 2 })
  await api.patch(`/campaigns/${palace}`, { budget_usd: 2 })
  await api.patch(`/clients/${client.body.data.id}`, { budget_usd: 20 })
  return { client: client.body.data.id as string, film, failed, rejected, canceled, rendering, pending }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(200)
}
