import { describe, expect, it } from 'vitest'
import { renderPage } from '../../scripts/api-table/render.ts'
import type { Route } from '../../scripts/api-table/routes.ts'
import { findSightings } from '../../scripts/api-table/sightings.ts'

const routes: Route[] = [
  { method: 'GET', path: '/jobs/{id}', section: 'Jobs', statuses: [200, 404] },
  { method: 'POST', path: '/jobs/new', section: 'Jobs', statuses: [201] },
]
const note = (method: string, path: string, status: number, testFile = 'test/api/jobs.test.ts') => ({
  ...{ method, path, status, testFile },
})
const [job, creation] = routes as [Route, Route]

describe('the table of the API', () => {
  it('takes an answer for that of the route whose path fits best', () => {
    const seen = findSightings(routes, [
      note('POST', '/jobs/new', 201),
      note('GET', '/jobs/7', 200),
      note('GET', '/jobs/new', 404),
    ])
    expect(seen.of(creation, 201)).toEqual(['test/api/jobs.test.ts'])
    expect(seen.of(job, 200)).toEqual(['test/api/jobs.test.ts'])
    expect(seen.of(job, 404)).toEqual(['test/api/jobs.test.ts'])
    expect(seen.unpromised).toEqual([])
  })

  it('names what was seen and never promised, and knows a refused method from a route', () => {
    const seen = findSightings(routes, [
      note('GET', '/jobs/7', 500),
      note('PUT', '/jobs/7', 405),
      note('GET', '/elsewhere', 418),
    ])
    expect(seen.unpromised).toEqual(['GET /jobs/{id} 500 in test/api/jobs.test.ts'])
    expect(seen.ofWrongMethod('/jobs/{id}')).toEqual(['test/api/jobs.test.ts'])
    expect(seen.ofWrongMethod('/jobs/new')).toEqual([])
  })

  it('shows who saw what, and what nobody saw', () => {
    const page = renderPage(routes, findSightings(routes, [note('GET', '/jobs/7', 200)]), '')
    expect(page).toContain('|  | 200 | 201 | 404 |\n')
    expect(page).toContain('| `GET /jobs/{id}` | [✓](../test/api/jobs.test.ts) |  | ✗ |\n')
    expect(page).toContain('| `POST /jobs/new` |  | ✗ |  |\n')
  })

  it('stays the same while the tests that it names see what they saw, whoever else does', () => {
    const page = (...files: string[]) => {
      const notes = files.map((file) => note('GET', '/jobs/7', 200, file))
      return (before: string) => renderPage(routes, findSightings(routes, notes), before)
    }
    const first = page('test/e2e/b.test.ts')('')
    expect(page('test/e2e/b.test.ts', 'test/contract/a.test.ts')(first)).toBe(first)
    expect(page('test/e2e/b.test.ts', 'test/contract/a.test.ts')('')).toContain('test/contract/a.test.ts')
    expect(page('test/contract/a.test.ts')(first)).not.toBe(first)
  })
})
