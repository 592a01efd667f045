/** Clients: those for whom campaigns are run. */
import type { ApiDeps } from '../deps.ts'
import { createClient } from './create-client.ts'
import { deleteClient } from './delete-client.ts'
import { getClient } from './get-client.ts'
import { getClientStats } from './get-client-stats.ts'
import { listClientCampaigns } from './list-client-campaigns.ts'
import { listClients } from './list-clients.ts'
import { updateClient } from './update-client.ts'

export function clientRoutes(deps: ApiDeps) {
  return [
    listClients(deps),
    createClient(deps),
    getClient(deps),
    ...updateClient(deps),
    deleteClient(deps),
    listClientCampaigns(deps),
    getClientStats(deps),
  ] as const
}
