/** The routes as the server's own document has them, so that what holds for all of them is tried on each. */
import type { TestApi } from '../support/test-api.ts'

export const UNKNOWN = '00000000-0000-4000-8000-000000000000'
const UNKNOWN_JOB = '2000000'

export interface DescribedRoute {
  method: string
  /** As the document writes it: /api/v3/clients/{id} */
  template: string
  statuses: number[]
  takesJson: boolean
  asksForKey: boolean
}

interface Document {
  paths: Record<string, Record<string, { security?: []; requestBody?: { content: object }; responses: object }>>
}

export async function describedRoutes(api: Pick<TestApi, 'call'>): Promise<DescribedRoute[]> {
  const { paths } = (await api.call('GET', '/api/openapi.json')).json as Document
  return Object.entries(paths).flatMap(([template, operations]) =>
    Object.entries(operations).map(([method, { security, requestBody, responses }]) => ({
      method: method.toUpperCase(),
      template,
      statuses: Object.keys(responses).map(Number),
      takesJson: 'application/json' in (requestBody?.content ?? {}),
      asksForKey: security?.length !== 0,
    })),
  )
}

/** Its path with an id that is well-formed, and of nothing; `given` puts others in. */
export function pathOf({ template }: Pick<DescribedRoute, 'template'>, given: Record<string, string> = {}): string {
  const aboutJobs = /^\/api\/v3\/(jobs|videos|audio)\//.test(template)
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (given[name] !== undefined) return given[name]
    if (name === 'job_id' || (name === 'id' && aboutJobs)) return UNKNOWN_JOB
    if (name === 'filename') return `clip_${UNKNOWN}.mp4`
    if (name === 'attempt') return '1'
    return name === 'index' ? '0' : UNKNOWN
  })
}

const BODIES: Record<string, unknown> = {
  'POST /api/v3/campaigns': { name: 'x', client_id: UNKNOWN },
  'POST /api/v3/session': { key: 'no-key' },
  'POST /api/v3/assets': { campaign_id: UNKNOWN, blob_data: 'AAAA' },
  'POST /api/v3/assets/unified': { campaign_id: UNKNOWN, blob_data: 'AAAA' },
  'POST /api/v3/assets/from-url': { campaign_id: UNKNOWN, url: 'https://cdn.example/a.jpg' },
  'POST /api/v3/assets/from-urls': { campaign_id: UNKNOWN, assets: ['https://cdn.example/a.jpg'] },
  'POST /api/v3/jobs/from-image-pairs': { campaign_id: UNKNOWN },
  'POST /api/v3/jobs/from-property-photos': { campaign_id: UNKNOWN },
  'POST /api/v3/audio/generate-scenes': { job_id: UNKNOWN_JOB },
  'PUT /api/v3/jobs/{job_id}/storyboard': { scenes: [{ title: 'x', asset_ids: [UNKNOWN] }] },
  'POST /api/v3/jobs/{job_id}/notes': { at_seconds: 1, text: 'x' },
  'PATCH /api/v3/jobs/{job_id}/notes/{note_id}': { resolved: true },
  'POST /api/v3/predictions/{id}/resolve': { action: 'abandon', resolution: 'abandon' },
}

/** A body whose fields the route takes; what they name need not be there. Undefined for a route that takes none. */
export function bodyOf({ method, template, takesJson }: DescribedRoute): unknown {
  return takesJson ? (BODIES[`${method} ${template}`] ?? { name: 'x' }) : undefined
}

/** Clients and campaigns answer with a code, everything else with a sentence. */
export const hasCodedErrors = (template: string) => /^\/api\/v3\/(clients|campaigns)(\/|$)/.test(template)
