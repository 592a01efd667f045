import { createRoute, z } from '@hono/zod-openapi'
import { updateClient as changeClient, findClient } from '../../prisma/queries/clients.ts'
import { mayChangeBudget } from '../budgets/may-change-budget.ts'
import type { ApiDeps } from '../deps.ts'
import { found } from '../errors.ts'
import { jsonBody, uuidParam } from '../fields.ts'
import { codedRefusals, json } from '../responses.ts'
import { endpoint, type Handles } from '../router.ts'
import { ClientChanges, ClientJson, clientColumns, clientJson } from './client-json.ts'

const described = {
  path: '/clients/{id}' as const,
  tags: ['Clients'],
  summary: 'Change the given fields of a client',
  request: { params: z.object({ id: uuidParam('Client') }), body: jsonBody(ClientChanges) },
  responses: {
    200: json(z.object({ data: ClientJson }), 'The client as it is now'),
    ...codedRefusals({
      404: 'Client not found',
      422: ['A field is wrong', { message: 'Validation failed', details: { name: ['is required'] } }],
    }),
  },
}
const put = createRoute({ method: 'put', ...described })
const patch = createRoute({ method: 'patch', ...described })

/** PUT does what PATCH does, as it always did here: a field that is absent stays as it is. */
export function updateClient({ config, db }: ApiDeps) {
  const update: Handles<typeof patch> = async (c) => {
    const { id } = c.req.valid('param')
    const changes = clientColumns(config, c.req.valid('json'))
    mayChangeBudget(c, found(await findClient(db, id), 'Client'), changes)
    const client = found(await changeClient(db, id, changes), 'Client')
    return c.json({ data: clientJson(client) }, 200)
  }
  return [endpoint(put, update), endpoint(patch, update)] as const
}
