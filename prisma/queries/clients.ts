/** Clients, as rows. */
import type { Db, Prisma } from '../client.ts'
import type { Client } from '../generated/client.ts'

export type { Client } from '../generated/client.ts'

/** Newest first. */
export function listClients(db: Db): Promise<Client[]> {
  return db.client.findMany({ orderBy: [{ insertedAt: 'desc' }, { id: 'desc' }] })
}

/** Null when there is no such client. */
export function findClient(db: Db, id: string): Promise<Client | null> {
  return db.client.findUnique({ where: { id } })
}

export function createClient(
  db: Db,
  data: Partial<Prisma.ClientUncheckedCreateInput> & { name: string },
): Promise<Client> {
  return db.client.create({ data: { ...data, metadata: data.metadata ?? {} } })
}

/** Changes the fields that are given; null when there is no such client. */
export async function updateClient(
  db: Db,
  id: string,
  data: Prisma.ClientUncheckedUpdateManyInput,
): Promise<Client | null> {
  const { count } = await db.client.updateMany({ where: { id }, data })
  return count === 0 ? null : findClient(db, id)
}
