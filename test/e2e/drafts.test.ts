/** A draft with a choice of clips, a scene of it edited, and the film in full quality: to the cent what the provider bills. */
import { expect, it } from 'vitest'
import { createRevisionHelp, hash } from '../support/revisions.ts'
import { createScreening } from '../support/screening.ts'
import type { Answer } from '../support/stack.ts'
import { useGreenlight } from '../support/use-greenlight.ts'

type Body = Answer['body']

const { watch } = await createScreening()
const stack = useGreenlight()

const spent = () =>
  stack()
    .base.simulator.bill()
    .predictions.reduce((sum, { price_usd }) => sum + price_usd, 0)

it('a draft is chosen from, edited, and rendered in full quality for what was said', async () => {
  const { base, greenlight } = stack()
  const { api } = greenlight
  const campaign = await api.campaign(['chelsea.png', 'coffee.png', 'rocket.jpg'])
  const { revised, scenesOf } = createRevisionHelp(base, api, campaign)
  const wish = { campaign_id: campaign, num_pairs: 2, clip_duration: 4, parameters: { quality: 'draft' } }
  const { body: made } = await api.post('/jobs/from-image-pairs', wish)
  const id: number = made.job_id
  const [one, two] = made.storyboard.scenes
  await api.patch(`/jobs/${id}/scenes/${one.id}`, { variants: 2 })
  await api.patch(`/jobs/${id}/scenes/${two.id}`, { model: 'hailuo-02' })
  const estimated = 2 * 4 * 0.03 + 6 * 0.03
  expect((await api.get(`/jobs/${id}`)).body).toMatchObject({
    ...{ quality: 'draft', storyboard: { total_duration: 10 }, finalize_cost: 4 * 0.2 + 6 * 0.045 },
    costs: { estimated: expect.closeTo(estimated, 6) },
  })
  await api.post(`/jobs/${id}/approve`)
  expect((await api.ended(id)).body.costs.actual).toBeCloseTo(estimated, 6)
  expect(spent()).toBeCloseTo(estimated, 6)
  await watch(api, id, { width: 864, height: 480, fps: 24 })

  const takes = ((await scenesOf(id))[0] as Body).takes
  expect(takes).toMatchObject([
    { attempt: 1, quality: 'draft', out_of_date: false },
    { attempt: 2, quality: 'draft', out_of_date: false },
  ])
  const other = takes.find(({ shown }: Body) => !shown)
  await api.post(`/jobs/${id}/scenes/${one.id}/takes/${other.attempt}/choose`)
  await api.post(`/jobs/${id}/scenes/${two.id}/regenerate`, { prompt: 'at dusk' })
  await revised(id, 2)
  expect((await scenesOf(id))[0]?.takes.find(({ shown }: Body) => shown)).toMatchObject({ attempt: other.attempt })
  expect(spent()).toBeCloseTo(estimated + 0.18, 6)
  const draft = hash(await api.bytes(`/videos/${id}/combined`))

  const answers = await Promise.all([
    api.post(`/jobs/${id}/finalize`, { by: 'Anna' }),
    api.post(`/jobs/${id}/finalize`),
  ])
  expect(answers.map(({ status }) => status).sort()).toEqual([202, 422])
  expect(answers.find(({ status }) => status === 202)?.body.estimated_cost).toBeCloseTo(1.07, 6)
  expect(hash(await api.bytes(`/videos/${id}/combined`))).toBe(draft)
  const final = await revised(id, 3)
  expect(final).toMatchObject({ status: 'completed', quality: 'final', finalize_cost: null, video_version: 4 })
  const bill = estimated + 0.18 + 1.07
  expect(final.costs.actual).toBeCloseTo(bill, 6)
  expect(spent()).toBeCloseTo(bill, 6)
  await watch(api, id, { width: 1280, height: 720, fps: 24 })

  const [first, second] = await scenesOf(id)
  expect(first?.attempts.map(({ model }: Body) => model)).toEqual([
    'seedance-1-pro-480p',
    'seedance-1-pro-480p',
    'veo3',
  ])
  expect(first?.attempts[1].reason).toBe('variant 2 of 2')
  expect(second).toMatchObject({ prompt: 'at dusk', model: 'hailuo-02' })
  expect(second?.attempts.at(-1)).toMatchObject({
    model: 'hailuo-02',
    reason: expect.stringMatching(/^finalize: revision 3/),
  })
})
