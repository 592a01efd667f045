import { createRoute, z } from '@hono/zod-openapi'
import { findClient } from '../../prisma/queries/clients.ts'
import type { ApiDeps } from '../deps.ts'
import { found } from '../errors.ts'
import { uuidParam } from '../fields.ts'
import { codedRefusals, json } from '../responses.ts'
import { endpoint } from '../router.ts'
import { ClientJson, clientJson } from './client-json.ts'

const route = createRoute({
  method: 'get',
  path: '/clients/{id}',
  tags: ['Clients'],
  summary: 'One client',
  request: { params: z.object({ id: uuidParam('Client') }) },
  responses: {
    200: json(z.object({ data: ClientJson }), 'The client'),
    ...codedRefusals({ 404: 'Client not found' }),
  },
})

export function getClient({ db }: ApiDeps) {
  return endpoint(route, async (c) => {
    const client = found(await findClient(db, c.req.valid('param').id), 'Client')
    return c.json({ data: clientJson(client) }, 200)
  })
}
