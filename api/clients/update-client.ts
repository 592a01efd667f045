import { createRoute, z } from '@hono/zod-openapi'
import { updateClient as changeClient } from '../../prisma/queries/clients.ts'
import type { ApiDeps } from '../deps.ts'
import { found } from '../errors.ts'
import { jsonBody, uuidParam } from '../fields.ts'
import { codedRefusals, json } from '../responses.ts'
import type { Router } from '../router.ts'
import { ClientChanges, ClientJson, clientColumns, clientJson } from './client-json.ts'

const described = {
  path: '/clients/{id}',
  tags: ['Clients'],
  summary: 'Change the given fields of a client',
  request: { params: z.object({ id: uuidParam('Client') }), body: jsonBody(ClientChanges) },
  responses: {
    200: json(z.object({ data: ClientJson }), 'The client as it is now'),
    ...codedRefusals({ 404: 'Unknown client', 422: 'A field is wrong' }),
  },
}

/** PUT does what PATCH does, as it always did here: a field that is absent stays as it is. */
export function updateClient(router: Router, { config, db }: ApiDeps): void {
  for (const method of ['put', 'patch'] as const) {
    router.openapi(createRoute({ method, ...described }), async (c) => {
      const changes = clientColumns(config, c.req.valid('json'))
      const client = found(await changeClient(db, c.req.valid('param').id, changes), 'Client')
      return c.json({ data: clientJson(client) }, 200)
    })
  }
}
