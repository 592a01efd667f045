/** The keys that open the API: those of API_AUTH_KEY, and those in the database. */
import { hash as digest, timingSafeEqual } from 'node:crypto'
import type { Role } from '../../domain/role.ts'
import { type ApiKey, findValidKey, noteKeyUse } from '../../prisma/queries/keys.ts'
import type { ApiDeps } from '../deps.ts'
import type { Principal } from './principal.ts'

/** How long a look into the database holds: a revoked key opens nothing after that. */
const KNOWN_FOR_MS = 2_000
const KNOWN_AT_MOST = 1_000
const NOTE_USE_EVERY_MS = 60_000

export interface Keyring {
  /** Whose key it is; null when it is unknown or revoked. */
  byKey(key: string): Promise<Principal | null>
  /** The same by the principal's id, for sessions. */
  byId(id: string): Promise<Principal | null>
}

/** SHA-256, without salt or stretching: a key of 256 random bits can't be guessed from it. In hexadecimal. */
export function hashKey(key: string): string {
  return digest('sha256', key)
}

/** @param db the whole database, not one client's view of it */
export function createKeyring({ config, db, log }: Pick<ApiDeps, 'config' | 'db' | 'log'>): Keyring {
  const configured = config.http.authKeys.map(configuredKey)
  const known = new Map<string, { principal: Principal | null; until: number }>()

  const look = async (by: { hash: string } | { id: string }): Promise<Principal | null> => {
    const name = Object.values(by)[0] as string
    const before = known.get(name)
    if (before && before.until > Date.now()) return before.principal
    const key = await findValidKey(db, by)
    if (known.size >= KNOWN_AT_MOST) known.clear()
    const principal = key && principalOf(key)
    known.set(name, { principal, until: Date.now() + KNOWN_FOR_MS })
    if (key && (key.lastUsedAt?.getTime() ?? 0) < Date.now() - NOTE_USE_EVERY_MS) {
      noteKeyUse(db, key.id).catch((error: unknown) => log.warn({ err: error }, 'the use of a key was not noted'))
    }
    return principal
  }

  return {
    async byKey(key) {
      const hash = hashKey(key)
      // Every one is compared, in constant time: how long it takes says nothing of how much was right.
      const [match] = configured.filter((one) => timingSafeEqual(Buffer.from(one.hash), Buffer.from(hash)))
      return match?.principal ?? look({ hash })
    },
    async byId(id) {
      if (id.startsWith('key:')) return look({ id: id.slice('key:'.length) })
      return configured.find(({ principal }) => principal.id === id)?.principal ?? null
    },
  }
}

/** A key of API_AUTH_KEY has no name of its own: the start of its hash tells it from the others. */
function configuredKey(key: string): { hash: string; principal: Principal } {
  const hash = hashKey(key)
  const digits = hash.slice(0, 8)
  return { hash, principal: { id: `env:${digits}`, name: `key ${digits}`, role: 'operator', clientId: null } }
}

function principalOf({ id, name, role, clientId }: ApiKey): Principal {
  return { id: `key:${id}`, name, role: role as Role, clientId }
}
