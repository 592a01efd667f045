import type { ExtractSchema } from 'hono/types'
import { describe, expectTypeOf, it } from 'vitest'
import { type answerOf, createGreenlight, type Refusal } from '../../client/index.ts'
import type { Routes } from '../../client/routes.ts'

const greenlight = createGreenlight({ url: 'http://127.0.0.1:1' })
type Paths = keyof ExtractSchema<Routes>

/** These are checked by `npm run types`; what is never called needs no server. */
const compiled = (_checks: () => unknown) => {}

describe('the client, for the compiler,', () => {
  it('knows every path by name', () => {
    expectTypeOf<string extends Paths ? 'some path is any string' : 'all are known'>().toEqualTypeOf<'all are known'>()
    expectTypeOf<'/api/v3/jobs/:id/approve'>().toExtend<Paths>()
    expectTypeOf<'/api/webhooks/replicate'>().toExtend<Paths>()
  })

  it('takes bodies as the contract has them', () => {
    const id = '3f0c1a52-6f0e-4c43-9f7e-2f6c9f1f4d11'
    const { clients, campaigns, jobs, assets, audio } = greenlight
    compiled(() => [
      campaigns.$post({ json: { name: 'Spring', client_id: id } }),
      campaigns.$post({ json: { name: 'Spring', clientId: id, productUrl: null, brief: { tone: 'warm' } } }),
      jobs['from-image-pairs'].$post({ json: { campaignId: id, clip_duration: '6', numPairs: 3 } }),
      jobs['from-property-photos'].$post({ json: { campaign_id: id, propertyTypes: ['kitchen'] } }),
      jobs[':id'].approve.$post({ param: { id: 7 } }),
      jobs[':id'].approve.$post({ param: { id: '7' }, header: { 'if-match': '"3"' }, json: { storyboardVersion: 3 } }),
      jobs[':job_id'].storyboard.$put({ param: { job_id: 7 }, json: { scenes: [{ id, assetIds: [id] }, {}] } }),
      jobs[':job_id'].notes.$post({ param: { job_id: 7 }, json: { atSeconds: 1.5, text: 'Brighter' } }),
      jobs[':job_id'].scenes[':scene_id'].takes[':attempt'].choose.$post({
        param: { job_id: 7, scene_id: id, attempt: 1 },
      }),
      assets.$post({ form: { campaign_id: id, file: new File([], 'photo.jpg'), tags: 'sea,sky' } }),
      assets['from-url'].$post({ json: { url: 'https://example.com/photo.jpg', campaignId: id } }),
      assets['from-urls'].$post({
        json: { sources: ['https://example.com/a.jpg', { source_url: 'https://b.de/b.jpg' }] },
      }),
      audio['generate-scenes'].$post({ json: { job_id: 7, audioParams: { fade_duration: '2' } } }),
      clients.$get(),
      clients.$get({ query: { limit: 10, offset: '20' } }),
      jobs.$get({ query: { status: 'completed' } }),
    ])
  })

  it('refuses what the contract does not know', () => {
    const { campaigns, clients, jobs } = greenlight
    compiled(() => [
      // @ts-expect-error a campaign has a client
      campaigns.$post({ json: { name: 'Spring' } }),
      // @ts-expect-error a client has a name
      clients.$post({ json: { description: 'An agency' } }),
      // @ts-expect-error a job is told by its id
      jobs[':id'].$get(),
      // @ts-expect-error a note is of a moment
      jobs[':job_id'].notes.$post({ param: { job_id: 7 }, json: { text: 'Brighter' } }),
      // @ts-expect-error there is no such field
      jobs['from-image-pairs'].$post({ json: { campaign_id: '7', clipLength: 6 } }),
      // @ts-expect-error there is no such status
      jobs.$get({ query: { status: 'finished' } }),
      // @ts-expect-error there is no such route
      greenlight.films,
    ])
  })

  it('knows what is answered, refusals too', () => {
    const job = () => greenlight.jobs[':id'].$get({ param: { id: 7 } })
    const created = () => greenlight.clients.$post({ json: { name: 'ACME' } })
    type Job = Awaited<ReturnType<typeof answerOf<Awaited<ReturnType<typeof job>>>>>
    expectTypeOf<Job['status']>().toEqualTypeOf<'pending' | 'approved' | 'processing' | 'completed' | 'failed'>()
    expectTypeOf<Job['storyboard']['scenes'][number]['prompt']>().toEqualTypeOf<string | null>()
    compiled(async () => {
      const response = await created()
      if (response.status === 422) expectTypeOf((await response.json()).error.code).toEqualTypeOf<string>()
      if (response.status === 401) expectTypeOf(await response.json()).toEqualTypeOf<Refusal>()
      const unknown = await job()
      if (unknown.status === 404) expectTypeOf((await unknown.json()).error).toEqualTypeOf<string>()
    })
  })
})
