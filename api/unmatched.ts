/** What no route is meant for: 405 with Allow where the path is known under another method, else 404. */
import type { Context, MiddlewareHandler } from 'hono'
import { ApiError } from './errors.ts'
import type { ApiEnv, Router } from './router.ts'

/** @param app with every route mounted */
export function refuseUnmatched(app: Router) {
  const known = routesOf(app).map(({ method, path }) => ({
    method,
    pattern: new RegExp(`^${path.replace(/:[^/]+/g, '[^/]+')}$`),
  }))

  return (c: Context<ApiEnv>): Response => {
    const methods = known.filter(({ pattern }) => pattern.test(c.req.path)).map(({ method }) => method)
    if (methods.length === 0) throw new ApiError(404, `There is nothing at ${c.req.path}`)
    throw wrongMethod(c, allowed(methods))
  }
}

/**
 * Refuses what a path without parameters is not asked by, before a path with one takes it: GET /assets/from-url is not
 * a look at an asset of that id.
 * @param app to which every route may yet be mounted
 */
export function refuseWrongMethod(app: Router): MiddlewareHandler<ApiEnv> {
  let known: Map<string, Set<string>> | undefined
  return (c, next) => {
    known ??= methodsByPath(app)
    const methods = known.get(c.req.path)
    if (methods && !methods.has(c.req.method)) throw wrongMethod(c, methods)
    return next()
  }
}

function methodsByPath(app: Router): Map<string, Set<string>> {
  const literal = routesOf(app).filter(({ path }) => !path.includes(':'))
  const byPath = Object.entries(Object.groupBy(literal, ({ path }) => path))
  return new Map(byPath.map(([path, routes = []]) => [path, allowed(routes.map(({ method }) => method))]))
}

const routesOf = (app: Router) => app.routes.filter(({ method }) => method !== 'ALL')

/** GET answers HEAD as well. */
const allowed = (methods: string[]) =>
  new Set(methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : method)))

function wrongMethod(c: Context<ApiEnv>, methods: Set<string>): ApiError {
  c.header('allow', [...methods].join(', '))
  return new ApiError(405, `${c.req.method} is not allowed here`)
}
