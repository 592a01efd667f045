import { createRoute, z } from '@hono/zod-openapi'
import { createClient as insertClient } from '../../prisma/queries/clients.ts'
import type { ApiDeps } from '../deps.ts'
import { jsonBody } from '../fields.ts'
import { codedRefusals, json } from '../responses.ts'
import { endpoint } from '../router.ts'
import { ClientJson, clientColumns, clientJson, NewClient } from './client-json.ts'

const route = createRoute({
  method: 'post',
  path: '/clients',
  tags: ['Clients'],
  summary: 'Create a client',
  request: { body: jsonBody(NewClient) },
  responses: {
    201: json(z.object({ data: ClientJson }), 'The new client'),
    ...codedRefusals({
      422: ['A field is missing or wrong', { message: 'Validation failed', details: { name: ['is required'] } }],
    }),
  },
})

export function createClient({ config, db }: ApiDeps) {
  return endpoint(route, async (c) => {
    const client = await insertClient(db, clientColumns(config, c.req.valid('json')))
    return c.json({ data: clientJson(client) }, 201)
  })
}
