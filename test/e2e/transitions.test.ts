import { expect, it } from 'vitest'
import { createRevisionHelp } from '../support/revisions.ts'
import { createScreening } from '../support/screening.ts'
import { useGreenlight } from '../support/use-greenlight.ts'

const { saved, media, sound, loudness } = await createScreening()

const stack = useGreenlight()

it('a film of crossfades is as long as its frames, and a scene made anew changes only its own', {
  timeout: 120_000,
}, async () => {
  const { base, greenlight } = stack()
  const { api, parts } = greenlight
  const campaign = await api.campaign(['chelsea.png', 'coffee.png', 'rocket.jpg', 'china.jpg'])
  const { approved, revised, scenesOf } = createRevisionHelp(base, api, campaign)
  const id = await approved('harbour', { num_pairs: 3, parameters: { transition: 'crossfade' } })
  expect((await api.ended(id)).body).toMatchObject({ status: 'completed' })

  const frames = 3 * 4 * 24 - 2 * 12
  const { storyboard } = (await api.get(`/jobs/${id}`)).body
  expect(storyboard).toMatchObject({ total_duration: 12, film_duration: frames / 24 })
  const film = await saved(api, `/videos/${id}/combined`, 'film.mp4')
  expect((await media.probe(film)).video).toMatchObject({ frames, constantRate: true, startSeconds: 0 })
  expect(Math.abs((await sound(film)).length / 48_000 - frames / 24)).toBeLessThanOrEqual(1 / 24)
  const before = await parts.db.renderedTransition.findMany()
  expect(before).toHaveLength(2)

  const last = (await scenesOf(id))[2]
  await api.post(`/jobs/${id}/scenes/${last?.id}/regenerate`, { prompt: 'harbour at dusk' })
  expect(await revised(id, 1)).toMatchObject({ revision: { state: 'completed' } })
  const after = await parts.db.renderedTransition.findMany()
  expect(after).toEqual(expect.arrayContaining(before))
  expect(after.length).toBeLessThanOrEqual(3)
  const again = await saved(api, `/videos/${id}/combined`, 'again.mp4')
  expect((await media.probe(again)).video).toMatchObject({ frames })
})

it('the music of a film of crossfades is as long as the film, scene for scene, and as loud as films are', {
  timeout: 120_000,
}, async () => {
  const { base, greenlight } = stack()
  const { api, parts } = greenlight
  const campaign = await api.campaign(['chelsea.png', 'coffee.png'])
  const parameters = { transition: 'crossfade', auto_generate_audio: true }
  const { approved } = createRevisionHelp(base, api, campaign)
  const id = await approved('quay', { num_pairs: 3, parameters })
  expect((await api.ended(id)).body).toMatchObject({ status: 'completed', current_stage: 'audio_completed' })

  const pieces = await parts.db.audioSegment.findMany({ where: { jobId: id }, orderBy: { position: 'asc' } })
  expect(pieces.map(({ duration }) => duration)).toEqual([3.5, 3.5, 4])
  // Clips are bought without sound: there is nothing to keep of it.
  expect((await parts.db.job.findUniqueOrThrow({ where: { id } })).stitchedSoundHash).toBeNull()

  const { integrated, truePeak } = await loudness(await saved(api, `/videos/${id}/combined`, 'scored.mp4'))
  expect(Math.abs(integrated + 14)).toBeLessThanOrEqual(1)
  expect(truePeak).toBeLessThanOrEqual(-1)
})
