import { createRoute, z } from '@hono/zod-openapi'
import { startSession } from '../auth/session-cookie.ts'
import { ApiError } from '../errors.ts'
import { body, jsonBody, required } from '../fields.ts'
import { json, plainRefusals } from '../responses.ts'
import { endpoint } from '../router.ts'
import type { SessionDeps } from './index.ts'
import { SessionJson, sessionJson } from './session-json.ts'

const NewSession = body({ key: required }).openapi('NewSession', { example: { key: 'gl_0123456789abcdef' } })

const route = createRoute({
  method: 'post',
  path: '/session',
  tags: ['Session'],
  summary: 'Exchange a key for a session cookie',
  security: [],
  request: { body: jsonBody(NewSession) },
  responses: {
    200: json(z.object({ data: SessionJson }), 'Signed in: the answer sets the cookie'),
    ...plainRefusals({
      401: 'The key is unknown, or was revoked: ask for another',
      422: ['No key', { error: 'Validation failed', details: { key: ['is required'] } }],
    }),
  },
})

export function createSession({ config, keyring, secret }: SessionDeps) {
  return endpoint(route, async (c) => {
    const principal = await keyring.byKey(c.req.valid('json').key)
    if (!principal) throw new ApiError(401, 'The key is unknown, or was revoked: ask for another')
    const ends = startSession(c, config, principal.id, await secret())
    return c.json({ data: sessionJson(principal, ends) }, 200)
  })
}
