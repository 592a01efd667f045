/** What a browser gets before any script runs: pages, their policy, and who has to sign in first. */
import { readdir, readFile } from 'node:fs/promises'
import { brotliCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { JOB_EVENT_TYPES } from '../../domain/job-events.ts'
import { startTestApi, type TestApi } from '../support/test-api.ts'

let open: TestApi
let closed: TestApi
beforeAll(async () => {
  open = await startTestApi()
  closed = await startTestApi({ API_AUTH_KEY: 'the-key' })
})
afterAll(async () => {
  await open?.close()
  await closed?.close()
})

const PAGES = ['/', '/new', '/jobs/7', '/sign-in']

describe('a page', () => {
  it.each(PAGES)('is served at %s, with nothing inline and nothing from elsewhere', async (path) => {
    const response = await open.request(path)
    const text = await response.text()
    expect(response.status).toBe(200)
    expect(response.headers.get('content-security-policy')).toMatch(
      /default-src 'none'.*script-src 'self'.*style-src 'self'/,
    )
    expect(response.headers.get('content-security-policy')).not.toContain('unsafe')
    expect(text).not.toMatch(/<script(?![^>]*src=)|style=|onclick=|https?:/)
  })

  it('asks who has not signed in to do so, and comes back; the API says 401 as ever', async () => {
    const ask = (path: string) => closed.request(path, { redirect: 'manual' })
    expect((await ask('/')).headers.get('location')).toBe('/sign-in')
    expect((await ask('/jobs/7')).headers.get('location')).toBe('/sign-in?next=%2Fjobs%2F7')
    expect((await ask('/?view=all&q=film')).headers.get('location')).toBe('/sign-in?next=%2F%3Fview%3Dall%26q%3Dfilm')
    expect((await ask('/sign-in')).status).toBe(200)
    expect((await ask('/api/v3/jobs')).status).toBe(401)
    expect((await closed.request('/', { headers: { 'x-api-key': 'the-key' } })).status).toBe(200)
  })

  it('is not there for what is no page', async () => {
    for (const path of ['/jobs/seven', '/jobs/0', '/studio/old/nothing.js', '/studio/old/../app.js', '/index.html']) {
      expect((await open.request(path)).status, path).toBe(404)
    }
  })
})

it.each(PAGES)(
  '%s has scripts of less than 60 KB, compressed, all named at once, and kept by browsers for ever',
  async (path) => {
    const html = await (await open.request(path)).text()
    const scripts = new Set([...html.matchAll(/(?:href|src)="([^"]+\.js)"/g)].map(([, at = '']) => at))
    expect(scripts.size).toBeGreaterThan(5)
    let total = 0
    for (const at of scripts) {
      const response = await open.request(at)
      expect(response.status, at).toBe(200)
      expect(response.headers.get('cache-control')).toContain('immutable')
      const text = await response.text()
      total += brotliCompressSync(text).length
      const imported = [...text.matchAll(/from\s*['"](\.[^'"]+)['"]/g)].map(
        ([, name = '']) => new URL(name, `http://x${at}`),
      )
      expect(imported.filter(({ pathname }) => !scripts.has(pathname))).toEqual([])
    }
    expect(total).toBeLessThan(60_000)
  },
)

it('hears of every event that a job can have', async () => {
  const { TYPES } = await import(new URL('../../web/live.js', import.meta.url).href)
  expect([...TYPES].sort()).toEqual([...JOB_EVENT_TYPES].sort())
})

it('has all its styles in one file', async () => {
  const html = await (await open.request('/')).text()
  const served = await (await open.request(/href="([^"]+studio\.css)"/.exec(html)?.[1] ?? '')).text()
  const folder = new URL('../../web/styles/', import.meta.url)
  const files = await readdir(folder)
  expect(files.length).toBeGreaterThan(5)
  for (const file of files) expect(served, file).toContain(await readFile(new URL(file, folder), 'utf8'))
})
