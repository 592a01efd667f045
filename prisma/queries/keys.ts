/** Keys to the API, as rows. Only a key's hash is kept. */
import type { Role } from '../../domain/role.ts'
import type { Database } from '../client.ts'
import type { ApiKey } from '../generated/client.ts'

export type { ApiKey } from '../generated/client.ts'

/** @throws when there is no client `clientId` */
export function insertKey(
  db: Database,
  key: { name: string; hash: string; role: Role; clientId: string | null },
): Promise<ApiKey> {
  return db.apiKey.create({ data: key })
}

/** Newest first, revoked ones included. */
export function listKeys(db: Database): Promise<ApiKey[]> {
  return db.apiKey.findMany({ orderBy: [{ insertedAt: 'desc' }, { id: 'desc' }] })
}

/** Null when there is no such key, or it was revoked. */
export function findValidKey(db: Database, by: { hash: string } | { id: string }): Promise<ApiKey | null> {
  return db.apiKey.findUnique({ where: { ...by, revokedAt: null } })
}

/** @returns whether this call was the one that revoked it */
export async function revokeKey(db: Database, id: string): Promise<boolean> {
  const { count } = await db.apiKey.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: new Date() } })
  return count === 1
}

export async function noteKeyUse(db: Database, id: string): Promise<void> {
  await db.apiKey.updateMany({ where: { id }, data: { lastUsedAt: new Date() } })
}
