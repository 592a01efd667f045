/** The takes of a scene: which is shown, which is out of date, and what is refused of a choice among them. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { queueRegeneration } from '../../prisma/queries/revisions.ts'
import { type JobApi, startJobApi, UNKNOWN } from './sample-jobs.ts'

let api: JobApi
beforeAll(async () => {
  api = await startJobApi()
})
afterAll(() => api.close())

/** A film whose first scene has three takes, of which it shows the second; the first was rendered from other words. */
async function filmWithTakes() {
  const film = await api.film()
  const scene = film.scenes[0]
  if (!scene) throw new Error('The film has no scenes.')
  const { id: sceneId, firstAssetId, lastAssetId } = scene
  const clip = { clipHash: 'clip', clipSize: 1, clipDuration: 4, clipFrames: 96, thumbnailHash: 'still' }
  for (const [n, prompt] of ['In the rain', scene.prompt, scene.prompt].entries()) {
    const rendered = { prompt, firstAssetId, lastAssetId }
    await api.db.take.create({
      data: { sceneId, attempt: n + 1, predictionId: `${sceneId} ${n}`, ...rendered, ...clip },
    })
  }
  await api.db.scene.update({ where: { id: sceneId }, data: { clipPredictionId: `${sceneId} 1` } })
  return { jobId: film.id, sceneId, at: `/jobs/${film.id}/scenes/${sceneId}` }
}
const sceneAt = async (at: string) => (await api.v3('GET', at)).json.scene

it('are alternatives, or out of date where the scene was edited since', async () => {
  const { at } = await filmWithTakes()
  expect(await sceneAt(at)).toMatchObject({
    out_of_date: false,
    takes: [
      { shown: false, out_of_date: true },
      { shown: true, out_of_date: false },
      { shown: false, out_of_date: false },
    ],
  })
})

it('are out of date, the shown one too, while an edit is still to be rendered', async () => {
  const { jobId, sceneId, at } = await filmWithTakes()
  const wish = { changes: { prompt: 'At dusk' }, music: false }
  await queueRegeneration(api.db, jobId, [sceneId], wish, { by: 'Anna' })
  expect((await sceneAt(at)).out_of_date).toBe(true)
  await api.db.revision.updateMany({ where: { jobId }, data: { state: 'failed' } })
  expect((await sceneAt(at)).out_of_date).toBe(true)
  await api.db.revision.updateMany({ where: { jobId }, data: { state: 'completed' } })
  expect((await sceneAt(at)).out_of_date).toBe(false)
})

it('are chosen once, by a revision that the workflow is told of', async () => {
  const { jobId, sceneId, at } = await filmWithTakes()
  api.told.length = 0
  expect(await api.v3('POST', `${at}/takes/1/choose`, { by: 'Anna' })).toMatchObject({
    status: 202,
    json: {
      ...{ message: 'Take chosen', job_id: jobId, scene_id: sceneId, attempt: 1, estimated_cost: 0 },
      revision: { number: 1, kind: 'choose', state: 'queued', by: 'Anna' },
    },
  })
  expect(api.told).toEqual([`revise ${jobId}`])
  expect(await api.v3('DELETE', `/jobs/${jobId}`)).toMatchObject({
    status: 409,
    json: { error: 'It is being put together with another take: wait until that has ended' },
  })
})

it('are refused that are shown, or are not there', async () => {
  const { jobId, at } = await filmWithTakes()
  expect(await api.v3('POST', `${at}/takes/2/choose`)).toMatchObject({
    status: 422,
    json: { error: 'Take cannot be chosen', job_id: jobId, reason: 'The film shows this take already' },
  })
  for (const attempt of ['4', '0', 'nonsense', '1.5', '9999999']) {
    expect(await api.v3('POST', `${at}/takes/${attempt}/choose`), attempt).toMatchObject({
      status: 404,
      json: { error: 'Take not found' },
    })
  }
  expect(await api.v3('POST', `/jobs/${jobId}/scenes/${UNKNOWN}/takes/1/choose`)).toMatchObject({
    status: 404,
    json: { error: 'Scene not found' },
  })
  await api.db.job.update({ where: { id: jobId }, data: { status: 'failed', stage: 'failed' } })
  expect(await api.v3('POST', `${at}/takes/1/choose`)).toMatchObject({
    status: 422,
    json: { reason: 'Only a finished film shows another take, and this job is failed' },
  })
})
