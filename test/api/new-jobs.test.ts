import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerOf, createGreenlight, type Greenlight } from '../../client/index.ts'
import { type JobApi, startJobApi } from './sample-jobs.ts'

let api: JobApi
let greenlight: Greenlight
beforeAll(async () => {
  api = await startJobApi({ STORYBOARD_TIMEOUT: '0' })
  greenlight = createGreenlight({ url: api.url })
})
afterAll(() => api.close())

describe('a new job of photographs', () => {
  const job = async (id: number) => (await api.db.job.findUniqueOrThrow({ where: { id } })).settings

  it('makes a pair of each photo and the next, and echoes what was asked', async () => {
    const made = await answerOf(
      greenlight.jobs['from-image-pairs'].$post({ json: { campaignId: api.campaign.id, clipDuration: '6' } }),
    )
    expect(made).toMatchObject({ type: 'image_pairs', clip_duration: 6, num_pairs: 10, total_assets: 3 })
    expect(made.property_types).toBeUndefined()
    expect(await job(made.job_id)).toMatchObject({ sceneCount: 2, propertyTypes: null })
  })

  it('makes as many pairs as were asked for', async () => {
    const json = { campaign_id: api.campaign.id, num_pairs: '3' }
    const made = await answerOf(greenlight.jobs['from-image-pairs'].$post({ json }))
    expect(made.num_pairs).toBe(3)
    expect(await job(made.job_id)).toMatchObject({ sceneCount: 3 })
  })

  it('tours a property once through all photos, in the types that were asked for', async () => {
    const json = { campaign_id: api.campaign.id, property_types: ['kitchen', 'kitchen', 'garden'] }
    const made = await answerOf(greenlight.jobs['from-property-photos'].$post({ json }))
    expect(made).toMatchObject({ type: 'property_photos', property_types: ['kitchen', 'garden'], total_assets: 3 })
    expect(made.num_pairs).toBeUndefined()
    expect(await job(made.job_id)).toMatchObject({ sceneCount: 3, propertyTypes: ['kitchen', 'garden'] })
    for (const [num_scenes, sceneCount] of [
      ['2', 2],
      [9, 3],
    ] as const) {
      const fewer = await answerOf(
        greenlight.jobs['from-property-photos'].$post({ json: { campaign_id: api.campaign.id, num_scenes } }),
      )
      expect(await job(fewer.job_id)).toMatchObject({ sceneCount })
    }
  })
})
