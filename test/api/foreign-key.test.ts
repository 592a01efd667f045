/** A key of one client meets the other client's rows on every route that there is. */
import { afterAll, describe, expect, it } from 'vitest'
import { listedPermission } from '../../api/auth/permissions.ts'
import { isOpenRoute } from '../../api/open-routes.ts'
import { recordEvent } from '../../prisma/queries/progress.ts'
import { startTestApi } from '../support/test-api.ts'
import { jpeg } from './sample-files.ts'
import { makeKey, oneOfEverything, type World } from './two-clients.ts'

const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000'
const UNKNOWN_JOB = 2_000_000
const NOBODY = {
  client: { id: UNKNOWN_ID },
  campaign: { id: UNKNOWN_ID },
  asset: { id: UNKNOWN_ID },
  job: { id: UNKNOWN_JOB },
  waiting: { id: UNKNOWN_JOB },
  scene: { id: UNKNOWN_ID },
  prediction: { id: UNKNOWN_ID },
  note: { id: UNKNOWN_ID },
}
type Whose = typeof NOBODY

/** What each route is asked for when its path names `whose` rows; a route with another parameter must be taught here. */
function fillPath(template: string, whose: Whose): string {
  const folder = /^\/api\/v3\/(\w+)/.exec(template)?.[1] ?? ''
  const ids: Record<string, string | number> = {
    client: whose.client.id,
    campaigns: whose.campaign.id,
    clients: whose.client.id,
    assets: whose.asset.id,
    predictions: whose.prediction.id,
    jobs: whose.job.id,
    videos: whose.job.id,
    audio: whose.job.id,
  }
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (name === 'id' || name === 'job_id') return String(ids[folder])
    if (name === 'scene_id') return whose.scene.id
    if (name === 'note_id') return whose.note.id
    if (name === 'attempt') return '1'
    if (name === 'filename') return `clip_${whose.scene.id}.mp4`
    if (name === 'index') return '0'
    throw new Error(`Say here what {${name}} of ${template} is.`)
  })
}

/** A body that the route would take. */
function bodyFor(path: string, whose: Whose): unknown {
  if (path.endsWith('/resolve')) return { action: 'abandon', decision: 'abandon', resolution: 'abandon' }
  if (path.endsWith('/storyboard')) return { scenes: [{ title: 'x', asset_ids: [whose.asset.id] }] }
  if (path.endsWith('/notes')) return { at_seconds: 0, text: 'x' }
  if (path.includes('/notes/')) return { resolved: true }
  return { name: 'Changed' }
}

// The routes are asked of the server itself, so that none is forgotten here.
const workflows = { decided: async () => {} } as never
const api = await startTestApi({ API_AUTH_KEY: 'root' }, { workflows })
afterAll(() => api.close())
const mine = await oneOfEverything(api, 'Harbour Homes')
const theirs = await oneOfEverything(api, 'Secret Towers')
const { paths } = (await api.call('GET', '/api/openapi.json')).json as { paths: Record<string, object> }
const guarded = Object.entries(paths)
  .flatMap(([path, methods]) => Object.keys(methods).map((method): [string, string] => [method.toUpperCase(), path]))
  .filter(([method, path]) => !isOpenRoute(method, path.replaceAll(/[{}]/g, '')))
  // Last, or what one of them had wrongly deleted would be missing for the others.
  .sort(([one], [other]) => Number(one === 'DELETE') - Number(other === 'DELETE'))

const withKey = (method: string, path: string, body?: unknown, key = mine.key) =>
  api.call(method, path, method === 'GET' || method === 'DELETE' ? undefined : body, { 'x-api-key': key })

/** Everything that the other client has, as rows. */
async function rowsOf({ client: { id } }: World) {
  const byClient = { where: { clientId: id } }
  const byJob = { where: { job: { clientId: id } } }
  const { db } = api
  return Promise.all([
    db.client.findMany({ where: { id } }),
    db.campaign.findMany(byClient),
    db.asset.findMany(byClient),
    db.job.findMany(byClient),
    db.scene.findMany(byJob),
    db.prediction.findMany(byJob),
    db.note.findMany(byJob),
    db.jobEvent.findMany(byJob),
    db.webhookDelivery.findMany(byJob),
  ])
}

describe('the key of one client', () => {
  it('finds many routes to try', () => {
    expect(guarded.length).toBeGreaterThan(25)
  })

  it.each(guarded.filter(([, template]) => template.includes('{')))(
    'is answered by %s %s about the other client as about nothing',
    async (method, template) => {
      const before = await rowsOf(theirs)
      const ask = async (whose: Whose) => {
        const path = fillPath(template, whose)
        const { status, json } = await withKey(method, path, bodyFor(path, whose))
        const ids = new RegExp(`${whose.job.id}|${whose.scene.id}|${whose.client.id}|${whose.campaign.id}`, 'g')
        return { status, said: JSON.stringify(json).replace(ids, '…') }
      }
      const foreign = await ask(theirs)
      expect(foreign.status).toBe(404)
      expect(foreign).toEqual(await ask(NOBODY))
      expect(await rowsOf(theirs)).toEqual(before)
    },
  )

  it.each(guarded.filter(([method, template]) => method === 'GET' && !template.includes('{')))(
    'sees nothing of the other client in %s %s',
    async (_, template) => {
      const leaving = new AbortController()
      // As through a proxy: to this machine itself the metrics are open.
      const headers = { 'x-api-key': mine.key, 'x-forwarded-for': '203.0.113.9' }
      const response = await api.request(template, { headers, signal: leaving.signal })
      if (response.headers.get('content-type')?.startsWith('text/event-stream')) return leaving.abort()
      const text = await response.text()
      expect([200, 403]).toContain(response.status)
      for (const trace of [theirs.name, theirs.client.id, theirs.campaign.id, theirs.asset.id, theirs.scene.id]) {
        expect(text).not.toContain(trace)
      }
    },
  )

  it('lists and counts its own rows alone, whatever it filters by', async () => {
    for (const list of ['clients', 'campaigns', 'assets']) {
      const { json } = await withKey('GET', `/api/v3/${list}`)
      expect(json.data.length).toBe(1)
      expect(json.meta.total).toBe(1)
    }
    for (const filter of [`client_id=${theirs.client.id}`, `campaign_id=${theirs.campaign.id}`]) {
      expect((await withKey('GET', `/api/v3/assets?${filter}`)).json).toMatchObject({ data: [], meta: { total: 0 } })
    }
    expect((await withKey('GET', `/api/v3/campaigns?client_id=${theirs.client.id}`)).json.data).toEqual([])
  })

  it.each([
    ['POST', '/campaigns', (w: Whose) => ({ name: 'x', client_id: w.client.id }), 422],
    ['POST', '/assets', (w: Whose) => ({ campaign_id: w.campaign.id, blob_data: 'AAAA' }), 404],
    ['POST', '/assets', (w: Whose) => ({ client_id: w.client.id, blob_data: 'AAAA' }), 404],
    ['POST', '/assets/unified', (w: Whose) => ({ campaign_id: w.campaign.id, blob_data: 'AAAA' }), 404],
    ['POST', '/assets/from-url', (w: Whose) => ({ campaign_id: w.campaign.id, url: 'http://127.0.0.1:9/' }), 404],
    ['POST', '/jobs/from-image-pairs', (w: Whose) => ({ campaign_id: w.campaign.id }), 404],
    ['POST', '/jobs/from-property-photos', (w: Whose) => ({ campaign_id: w.campaign.id }), 404],
    ['POST', '/audio/generate-scenes', (w: Whose) => ({ job_id: w.job.id }), 404],
  ] as const)('makes nothing by %s %s for the other client', async (method, path, body, status) => {
    const before = await rowsOf(theirs)
    const foreign = await withKey(method, `/api/v3${path}`, body(theirs))
    expect(foreign.status).toBe(status)
    const nothing = await withKey(method, `/api/v3${path}`, body(NOBODY))
    const plain = (json: unknown) => JSON.stringify(json).replace(String(theirs.job.id), String(UNKNOWN_JOB))
    expect(plain(foreign.json)).toBe(plain(nothing.json))
    expect(await rowsOf(theirs)).toEqual(before)
  })

  it('gives none of its own to the other client', async () => {
    const moved = await withKey('PATCH', `/api/v3/campaigns/${mine.campaign.id}`, { client_id: theirs.client.id })
    expect(moved.status).toBe(422)
    expect((await api.db.campaign.findUniqueOrThrow({ where: { id: mine.campaign.id } })).clientId).toBe(mine.client.id)
  })

  it('hears of its own jobs alone', async () => {
    const leaving = new AbortController()
    const { body } = await api.request('/api/v3/events', { headers: { 'x-api-key': mine.key }, signal: leaving.signal })
    const happens = ({ job, name }: World) => api.db.$transaction((tx) => recordEvent(tx, job.id, 'progress', { name }))
    let heard = ''
    for await (const chunk of body ?? []) {
      // The stream says something as soon as it listens.
      if (heard === '') await happens(theirs).then(() => happens(mine))
      heard += Buffer.from(chunk).toString()
      if (heard.includes(mine.name)) break
    }
    leaving.abort()
    expect(heard).toContain(`"job_id":${mine.job.id}`)
    expect(heard).not.toContain(theirs.name)
  })

  it('makes no further client', async () => {
    const { status, json } = await withKey('POST', '/api/v3/clients', { name: 'Third' })
    expect(status).toBe(403)
    expect(json.error).toMatchObject({ code: 'forbidden', message: expect.stringContaining("Harbour Homes's key") })
  })

  it('owns what it makes without saying for whom', async () => {
    const created = await withKey('POST', '/api/v3/assets', { blob_data: (await jpeg()).toString('base64') })
    expect(created.json.data).toMatchObject({ clientId: mine.client.id })
    expect((await withKey('GET', `/api/v3/assets/${created.json.data.id}`)).status).toBe(200)
    expect((await withKey('GET', `/api/v3/assets/${created.json.data.id}`, undefined, theirs.key)).status).toBe(404)
  })

  it('works with its own rows', async () => {
    const changed = await withKey('PATCH', `/api/v3/campaigns/${mine.campaign.id}`, { goal: 'Sell' })
    expect(changed.json.data).toMatchObject({ goal: 'Sell', clientId: mine.client.id })
    const created = await withKey('POST', '/api/v3/campaigns', { name: 'Lakeside', client_id: mine.client.id })
    expect(created.status).toBe(201)
    expect((await withKey('DELETE', `/api/v3/campaigns/${created.json.data.id}`)).status).toBe(204)
    const rejected = await withKey('POST', `/api/v3/jobs/${mine.waiting.id}/reject`, { reason: 'dark' })
    expect(rejected.status).toBe(200)
    expect(await api.db.job.findUniqueOrThrow({ where: { id: mine.waiting.id } })).toMatchObject({
      decision: 'rejected',
      decidedBy: "Harbour Homes's key",
    })
  })

  it('leaves the bytes that it deletes to the other client that has the same', async () => {
    const body = { blob_data: (await jpeg(80, 60)).toString('base64') }
    const own = await withKey('POST', '/api/v3/assets', body)
    const other = await withKey('POST', '/api/v3/assets', body, theirs.key)
    expect((await withKey('DELETE', `/api/v3/assets/${own.json.data.id}`)).status).toBe(204)
    expect((await api.request(other.json.data.url)).status).toBe(200)
  })

  it('sees its own rows', async () => {
    for (const path of [
      `/clients/${mine.client.id}`,
      `/campaigns/${mine.campaign.id}`,
      `/assets/${mine.asset.id}`,
      `/jobs/${mine.job.id}`,
      `/jobs/${mine.job.id}/scenes/${mine.scene.id}`,
      `/audio/status/${mine.job.id}`,
    ]) {
      expect((await withKey('GET', `/api/v3${path}`)).status).toBe(200)
    }
  })

  it('does not close what is open to all: the provider fetches pictures without a key', async () => {
    const path = `/api/v3/assets/${theirs.asset.id}/data`
    const [without, foreign] = [
      await api.request(path),
      await api.request(path, { headers: { 'x-api-key': mine.key } }),
    ]
    expect(foreign.status).toBe(without.status)
    expect(await foreign.text()).toBe(await without.text())
  })
})

describe('a key of every client', () => {
  it('sees the rows of both', async () => {
    const key = await makeKey(api, 'Ola', 'creator')
    expect((await withKey('GET', '/api/v3/clients', undefined, key)).json.meta.total).toBe(2)
    expect((await withKey('GET', `/api/v3/jobs/${theirs.job.id}`, undefined, key)).status).toBe(200)
  })
})

describe('the table of permissions', () => {
  it.each(guarded)('knows %s %s', (method, template) => {
    expect(listedPermission(method, template.replaceAll(/[{}]/g, ''))).not.toBeNull()
  })
})
