import { createRoute, z } from '@hono/zod-openapi'
import { readSession } from '../auth/session-cookie.ts'
import { json } from '../responses.ts'
import { endpoint } from '../router.ts'
import type { SessionDeps } from './index.ts'
import { SessionJson, sessionJson } from './session-json.ts'

const route = createRoute({
  method: 'get',
  path: '/session',
  tags: ['Session'],
  summary: 'Who is asking, and what they may do',
  responses: { 200: json(z.object({ data: SessionJson }), 'The caller') },
})

export function getSession({ config, secret }: SessionDeps) {
  return endpoint(route, async (c) => {
    const session = await readSession(c, config, secret)
    const { principal } = c.var
    return c.json({ data: sessionJson(principal, session?.id === principal.id ? session.ends : null) }, 200)
  })
}
