import { createRoute } from '@hono/zod-openapi'
import { endSession } from '../auth/session-cookie.ts'
import { endpoint } from '../router.ts'
import type { SessionDeps } from './index.ts'

const route = createRoute({
  method: 'delete',
  path: '/session',
  tags: ['Session'],
  summary: 'Sign out',
  security: [],
  responses: { 204: { description: 'The cookie is taken back; so it is when there was none' } },
})

export function deleteSession({ config }: SessionDeps) {
  return endpoint(route, (c) => {
    endSession(c, config)
    return c.body(null, 204)
  })
}
