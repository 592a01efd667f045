import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GENERIC_PROMPT } from '../../domain/storyboard.ts'
import type { Greenlight } from '../../runtime/start-all.ts'
import { drawCaption } from '../../simulator/render/caption.ts'
import { createScreening } from '../support/screening.ts'
import { type Answer, type Api, type Base, startBase, startGreenlight } from '../support/stack.ts'

const VEO = { width: 1280, height: 720, fps: 24 }
const { watch, frameHashes, still } = await createScreening()

/** What stands in each scene, and which of it is to be rendered. */
const SCENES = [
  {
    row: { prompt: ' A paper boat drifts across the pond. ', description: 'A boat', title: 'Boat' },
    text: 'A paper boat drifts across the pond.',
  },
  {
    row: { prompt: '', description: 'Steam rises from the cup in the morning sun.', title: 'Cup' },
    text: 'Steam rises from the cup in the morning sun.',
  },
  { row: { prompt: null, description: ' \n ', title: 'A temple at dawn' }, text: 'A temple at dawn' },
  { row: { prompt: '  ', description: null, title: '' }, text: GENERIC_PROMPT },
]

let base: Base
let greenlight: Greenlight & { api: Api }
let api: Api
beforeAll(async () => {
  // Not fast: every clip is rendered from its own photos, with its own prompt written on it.
  base = await startBase({ fast: false })
  greenlight = await startGreenlight(base)
  api = greenlight.api
})
afterAll(async () => {
  await greenlight?.stop()
  await base?.stop()
})

describe('what stands in the storyboard is what gets rendered', () => {
  let jobId: number
  let film: string
  let clips: string[]
  let scenes: Answer['body'][]
  beforeAll(async () => {
    const campaign_id = await api.campaign(['chelsea.png', 'coffee.png', 'china.jpg', 'flower.jpg'])
    const created = await api.post('/jobs/from-image-pairs', { campaign_id, clip_duration: 4, num_pairs: 4 })
    expect(created).toMatchObject({ status: 201, body: { scene_count: 4 } })
    jobId = created.body.job_id
    for (const [position, { row }] of SCENES.entries()) {
      await greenlight.parts.db.scene.updateMany({ where: { jobId, position }, data: row })
    }
    await api.post(`/jobs/${jobId}/approve`)
    expect((await api.ended(jobId, 100_000)).body).toMatchObject({ status: 'completed', current_stage: 'completed' })
    ;({ film, clips } = await watch(api, jobId, VEO))
    scenes = (await api.get(`/jobs/${jobId}/scenes`)).body.scenes
  }, 120_000)

  it('sends the prompt, else the description, else the title, else a generic sentence', () => {
    const { predictions } = base.simulator.bill()
    expect(predictions).toHaveLength(4)
    for (const [position, { text }] of SCENES.entries()) {
      const bought = predictions.find(({ id }) => id === scenes[position].provider_id)
      expect(bought?.input.prompt).toBe(text)
      const pictures = [bought?.input.image, bought?.input.last_frame].map((url) => new URL(String(url)).pathname)
      expect(pictures).toEqual(scenes[position].asset_ids.map((id: string) => `/api/v3/assets/${id}/data`))
    }
  })

  it('shows that text in the picture', async () => {
    const { predictions } = base.simulator.bill()
    for (const [position, { text }] of SCENES.entries()) {
      const number = predictions.find(({ id }) => id === scenes[position].provider_id)?.number
      const title = `google/veo-3.1  ·  Scene ${position + 1}  ·  #${number}`
      const picture = await still(clips[position] ?? '', 2)
      const written = await Promise.all(SCENES.map((other) => brightnessUnder(picture, { title, prompt: other.text })))
      const best = written.indexOf(Math.max(...written))
      expect(SCENES[best]?.text).toBe(text)
      expect(written[best]).toBeGreaterThan(200)
    }
  })

  it('puts each clip, as the provider made it, in its place in the film', async () => {
    const hashes = await Promise.all(clips.map(frameHashes))
    expect(new Set(hashes.map(([first]) => first)).size).toBe(4)
    for (const [position, { provider_id }] of scenes.entries()) {
      const answer = await fetch(`${base.simulator.url}/v1/predictions/${provider_id}`, {
        headers: { authorization: 'Bearer simulator' },
      })
      const { output } = (await answer.json()) as { output: string }
      expect(await frameHashes(output)).toEqual(hashes[position])
    }
    expect(await frameHashes(film)).toEqual(hashes.flat())
  })
})

/** How bright a picture is where the letters of a caption would be, from 0 to 255: letters are white. */
async function brightnessUnder(picture: Buffer, caption: { title: string; prompt: string }): Promise<number> {
  const drawn = await drawCaption(caption, VEO)
  const grey = await sharp(picture)
    .extract({ left: 0, top: 0, width: VEO.width, height: drawn.height })
    .greyscale()
    .raw()
    .toBuffer()
  const ink = await sharp(drawn.png).ensureAlpha().raw().toBuffer()
  let [sum, count] = [0, 0]
  for (let i = 0; i < grey.length; i++) {
    const isLetter = [0, 1, 2].every((channel) => (ink[4 * i + channel] ?? 0) > 240)
    if (!isLetter) continue
    sum += grey[i] ?? 0
    count += 1
  }
  return sum / count
}
