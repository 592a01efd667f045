import { createRoute, z } from '@hono/zod-openapi'
import { listClients as readClients } from '../../prisma/queries/clients.ts'
import type { ApiDeps } from '../deps.ts'
import { optionalPaging } from '../fields.ts'
import { codedRefusals, json, total } from '../responses.ts'
import { endpoint } from '../router.ts'
import { ClientJson, clientJson } from './client-json.ts'

const route = createRoute({
  method: 'get',
  path: '/clients',
  tags: ['Clients'],
  summary: 'Clients, newest first',
  request: { query: z.object(optionalPaging) },
  responses: {
    ...codedRefusals({ 400: 'A parameter is wrong' }),
    200: json(z.object({ data: z.array(ClientJson), meta: z.object({ total }) }), 'The clients'),
  },
})

export function listClients({ db }: ApiDeps) {
  return endpoint(route, async (c) => {
    const { clients, total } = await readClients(db, c.req.valid('query'))
    return c.json({ data: clients.map(clientJson), meta: { total } }, 200)
  })
}
