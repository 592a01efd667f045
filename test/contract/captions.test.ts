import { afterAll, describe, expect, it } from 'vitest'
import { JobSettings } from '../../domain/settings.ts'
import { startJobApi } from '../api/sample-jobs.ts'

const api = await startJobApi()
afterAll(() => api.close())

const captionsOf = (id: number) => api.request(`/api/v3/videos/${id}/captions.vtt`)

describe('GET /videos/:job_id/captions.vtt', () => {
  it("has the captions of the film's scenes, when they are shown", async () => {
    const { id, scenes } = await api.film()
    await api.db.scene.updateMany({ where: { jobId: id }, data: { duration: 4, transition: 'cut' } })
    await api.db.scene.update({ where: { id: scenes.at(-1)?.id }, data: { caption: 'Fish & <chips>' } })
    const response = await captionsOf(id)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe('text/vtt; charset=utf-8')
    const seconds = 4 * (scenes.length - 1)
    const [from, to] = [seconds, seconds + 4].map((at) => `00:00:${String(at).padStart(2, '0')}.000`)
    expect(await response.text()).toBe(`WEBVTT\n\n${from} --> ${to}\nFish &amp; &lt;chips&gt;\n`)
  })

  it('is not there for a film without captions, or whose captions are off', async () => {
    const { id, scenes, settings } = await api.film()
    const none = await captionsOf(id)
    expect({ status: none.status, body: await none.json() }).toEqual({
      ...{ status: 404, body: { error: 'The film has no captions' } },
    })
    await api.db.scene.update({ where: { id: scenes[0]?.id }, data: { caption: 'Hello' } })
    expect((await captionsOf(id)).status).toBe(200)
    await api.db.job.update({ where: { id }, data: { settings: { ...JobSettings.parse(settings), captions: 'off' } } })
    expect((await captionsOf(id)).status).toBe(404)
  })

  it('is not there before the film is', async () => {
    const { id } = await api.job()
    const response = await captionsOf(id)
    expect({ status: response.status, body: await response.json() }).toEqual({
      ...{ status: 404, body: { error: 'Video not ready - job processing incomplete' } },
    })
  })
})

describe('POST /jobs/:job_id/scenes/:scene_id/regenerate', () => {
  it('changes the words of a scene, where they are others', async () => {
    const { id, scenes } = await api.film()
    const [scene] = scenes
    const overlays = [{ kind: 'title', text: 'A house by the lake' }]
    await api.db.scene.update({ where: { id: scene?.id }, data: { overlays } })
    const route = `/jobs/${id}/scenes/${scene?.id}/regenerate`
    const changesOf = async (body: object) => {
      const { status, json } = await api.v3('POST', route, body)
      expect(status).toBe(202)
      const revision = await api.db.revision.findFirstOrThrow({
        where: { jobId: id, number: json.revision.number },
        include: { scenes: true },
      })
      return revision.scenes[0]?.changes
    }
    expect(await changesOf({ overlays, caption: 'By the water' })).toEqual({ caption: 'By the water' })
    const sale = [{ kind: 'price', text: '€349,000' }]
    expect(await changesOf({ overlays: sale })).toEqual({ overlays: sale })
    expect(await changesOf({ overlays: [] })).toEqual({ overlays: [] })
  })
})
