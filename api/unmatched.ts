/** What no route matched: 405 with Allow where the path is known under another method, else 404. */
import type { Context } from 'hono'
import { ApiError } from './errors.ts'
import type { ApiEnv, Router } from './router.ts'

/** @param app with every route mounted */
export function refuseUnmatched(app: Router) {
  const known = app.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => ({ method, pattern: new RegExp(`^${path.replace(/:[^/]+/g, '[^/]+')}$`) }))

  return (c: Context<ApiEnv>): Response => {
    const methods = new Set(known.filter(({ pattern }) => pattern.test(c.req.path)).map(({ method }) => method))
    if (methods.size === 0) throw new ApiError(404, `There is nothing at ${c.req.path}`)
    if (methods.has('GET')) methods.add('HEAD')
    c.header('allow', [...methods].join(', '))
    throw new ApiError(405, `${c.req.method} is not allowed here`)
  }
}
