/** Which promised answers the tests saw, and which they saw that nobody promised. */
import type { NotedAnswer } from './notes.ts'
import type { Route } from './routes.ts'

export interface Sightings {
  /** The test files that saw it. */
  of(route: Route, status: number): string[]
  /** The test files that saw 405 under a method that the path does not have. */
  ofWrongMethod(path: string): string[]
  /** "GET /path 418 in test/file.test.ts" */
  unpromised: string[]
}

export function findSightings(routes: Route[], notes: (NotedAnswer & { testFile: string })[]): Sightings {
  const seen = new Map<string, Set<string>>()
  const unpromised = new Set<string>()
  // A path with fewer parameters is the more exact one: /jobs/from-image-pairs before /jobs/{id}.
  const patterns = [...new Set(routes.map(({ path }) => path))]
    .sort((a, b) => parameters(a) - parameters(b))
    .map((path) => ({ path, pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`) }))

  for (const { method, path: asked, status, testFile } of notes) {
    const matching = patterns.filter(({ pattern }) => pattern.test(asked)).map(({ path }) => path)
    // A wrong method is refused by the most exact path, although a wider one has that method.
    const answering = status === 405 ? matching.slice(0, 1) : matching
    const route = answering.flatMap((path) => routes.find((one) => one.path === path && one.method === method) ?? [])[0]
    const path = route?.path ?? matching[0]
    if (!path || (!route && status !== 405)) continue
    const name = key(route ?? { method: 'OTHER', path }, status)
    seen.set(name, (seen.get(name) ?? new Set()).add(testFile))
    if (route && !route.statuses.includes(status)) unpromised.add(`${method} ${path} ${status} in ${testFile}`)
  }
  return {
    of: (route, status) => [...(seen.get(key(route, status)) ?? [])],
    ofWrongMethod: (path) => [...(seen.get(key({ method: 'OTHER', path }, 405)) ?? [])],
    unpromised: [...unpromised].sort(),
  }
}

const parameters = (path: string) => path.split('{').length
const key = ({ method, path }: { method: string; path: string }, status: number) => `${method} ${path} ${status}`
