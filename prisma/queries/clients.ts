/** Clients, as rows. Deleted ones are hidden. */
import type { Db, Prisma } from '../client.ts'
import type { Client } from '../generated/client.ts'

export type { Client } from '../generated/client.ts'

/** A part of a list; without a limit all that follows. */
export interface Page {
  limit?: number
  offset?: number
}

/** Newest first, and how many there are in all. */
export async function listClients(db: Db, { limit, offset }: Page = {}): Promise<{ clients: Client[]; total: number }> {
  const where = { deletedAt: null }
  const [total, clients] = await Promise.all([
    db.client.count({ where }),
    db.client.findMany({ where, orderBy: [{ insertedAt: 'desc' }, { id: 'desc' }], take: limit, skip: offset }),
  ])
  return { clients, total }
}

/** Null when there is no such client. */
export function findClient(db: Db, id: string): Promise<Client | null> {
  return db.client.findUnique({ where: { id, deletedAt: null } })
}

export function createClient(
  db: Db,
  data: Partial<Prisma.ClientUncheckedCreateInput> & { name: string },
): Promise<Client> {
  return db.client.create({ data: { ...data, metadata: data.metadata ?? {} } })
}

/** Changes the fields that are given, which may be none; null when there is no such client. */
export async function updateClient(
  db: Db,
  id: string,
  data: Prisma.ClientUncheckedUpdateManyInput,
): Promise<Client | null> {
  if (changesSomething(data)) await db.client.updateMany({ where: { id, deletedAt: null }, data })
  return findClient(db, id)
}

/** A write of undefined columns alone counts no rows, as if there were none. */
export function changesSomething(columns: object): boolean {
  return Object.values(columns).some((value) => value !== undefined)
}
