/** Ids that are malformed, or of nothing: 404 on every route whose path has one. */
import { afterAll, describe, expect, it } from 'vitest'
import { startTestApi } from '../support/test-api.ts'
import { bodyOf, describedRoutes, hasCodedErrors, pathOf, UNKNOWN } from './every-route.ts'

const MALFORMED = [
  'nonsense',
  '0',
  '-1',
  '1.5',
  '1e3',
  '%20',
  '%00',
  '..%2F..%2Fetc',
  '9'.repeat(40),
  "1'--",
  '{id}',
  'ü',
]

const api = await startTestApi()
afterAll(() => api.close())
const routes = (await describedRoutes(api)).filter(({ template }) => template.includes('{'))

const THINGS: [path: RegExp, what: string][] = [
  [/^\/api\/v3\/clients\//, 'Client'],
  [/^\/api\/v3\/campaigns\//, 'Campaign'],
  [/^\/api\/v3\/assets\//, 'Asset'],
  [/^\/api\/v3\/audio\/segments\//, 'Segment'],
  [/^\/api\/v3\/predictions\//, 'Prediction'],
  [/^\/api\/v3\/(jobs|videos|audio)\//, 'Job'],
]

describe('an id of nothing', () => {
  it.each(routes.map((route): [string, string, typeof route] => [route.method, route.template, route]))(
    'is 404 in %s %s, well-formed or not',
    async (method, template, route) => {
      const [parameter = ''] = /(?<=\{)\w+/.exec(template) ?? []
      for (const id of [undefined, ...MALFORMED]) {
        const path = pathOf(route, id === undefined ? {} : { [parameter]: id })
        const { status, json } = await api.call(method, path, bodyOf(route))
        expect(status, path).toBe(404)
        const sentence = hasCodedErrors(template) ? json.error.message : json.error
        const what = THINGS.find(([pattern]) => pattern.test(template))?.[1] ?? ''
        expect(sentence, path).toMatch(new RegExp(`^${what} not found`))
        if (hasCodedErrors(template)) expect(json.error.code, path).toBe('not_found')
        // Of a job, which one: that is how callers tell it from another 404.
        if (what === 'Job') expect(json, path).toHaveProperty('job_id')
      }
    },
  )

  it.each([
    ['GET', '/scenes/%s'],
    ['PATCH', '/scenes/%s'],
    ['DELETE', '/scenes/%s'],
    ['PATCH', '/storyboard/scenes/%s'],
  ])('is 404 in %s /jobs/:id%s of a job that is there', async (method, at) => {
    const { client, campaign } = await api.campaign()
    const owner = { campaignId: campaign.id, clientId: client.id }
    const job = await api.db.job.create({
      data: { ...owner, type: 'image_pairs', videoName: 'x', parameters: {}, settings: {} },
    })
    for (const id of [UNKNOWN, ...MALFORMED]) {
      const path = `/api/v3/jobs/${job.id}${at.replace('%s', id)}`
      const { status, json } = await api.call(method, path, method === 'PATCH' ? { title: 'x' } : undefined)
      expect({ status, json }, path).toEqual({ status: 404, json: { error: 'Scene not found' } })
    }
  })
})
