/** Clients: those for whom campaigns are run. */
import type { ApiDeps } from '../deps.ts'
import { createRouter, type Router } from '../router.ts'
import { createClient } from './create-client.ts'
import { deleteClient } from './delete-client.ts'
import { getClient } from './get-client.ts'
import { getClientStats } from './get-client-stats.ts'
import { listClientCampaigns } from './list-client-campaigns.ts'
import { listClients } from './list-clients.ts'
import { updateClient } from './update-client.ts'

export function clientRoutes(deps: ApiDeps): Router {
  const router = createRouter()
  const routes = [listClients, createClient, getClient, updateClient, deleteClient]
  for (const mount of [...routes, listClientCampaigns, getClientStats]) mount(router, deps)
  return router
}
