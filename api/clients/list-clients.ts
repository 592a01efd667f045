import { createRoute, z } from '@hono/zod-openapi'
import { listClients as readClients } from '../../prisma/queries/clients.ts'
import type { ApiDeps } from '../deps.ts'
import { json } from '../responses.ts'
import type { Router } from '../router.ts'
import { ClientJson, clientJson } from './client-json.ts'

const route = createRoute({
  method: 'get',
  path: '/clients',
  tags: ['Clients'],
  summary: 'Every client, newest first',
  responses: {
    200: json(z.object({ data: z.array(ClientJson), meta: z.object({ total: z.int() }) }), 'The clients'),
  },
})

export function listClients(router: Router, { db }: ApiDeps): void {
  router.openapi(route, async (c) => {
    const clients = await readClients(db)
    return c.json({ data: clients.map(clientJson), meta: { total: clients.length } }, 200)
  })
}
