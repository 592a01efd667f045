import type { Db } from '../../prisma/client.ts'
import { findClient } from '../../prisma/queries/clients.ts'
import { ApiError } from '../errors.ts'

/** @throws ApiError 422 when a body's client_id names no client */
export async function requireClient(db: Db, clientId: string): Promise<void> {
  if (await findClient(db, clientId)) return
  throw new ApiError(422, 'Validation failed', { details: { client_id: ['names no client'] } })
}
