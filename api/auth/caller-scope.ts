/**
 * What a request may see of the database. Routes are made once, with one database; this gives each request its caller's
 * view of it, along the asynchronous calls that the request makes.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Database } from '../../prisma/client.ts'
import { scopeToClient } from '../../prisma/client-scope.ts'

/** Null: every client's rows. */
const scope = new AsyncLocalStorage<{ clientId: string | null }>()

/** Runs `work`, and all that it starts, with the rows of one client, or of every client. */
export function inScopeOf<T>(clientId: string | null, work: () => T): T {
  return scope.run({ clientId }, work)
}

/**
 * Runs `work` for the server itself, whoever's request happened to start it: for what several requests share, such as a
 * cache or a loop that reads for all of them.
 */
export function asServer<T>(work: () => T): T {
  return inScopeOf(null, work)
}

/**
 * The client whose rows the current request's caller sees; null: every client's.
 * @throws when there is neither a request nor `asServer`: who may see the rows is then unknown
 */
export function callerScope(): string | null {
  const current = scope.getStore()
  if (!current) throw new Error('The database was asked on behalf of nobody: use inScopeOf or asServer.')
  return current.clientId
}

/**
 * A database that is, at each use, what the current request's caller sees of `db`; it throws where `callerScope` does.
 */
export function scopedDatabase(db: Database): Database {
  const views = new Map<string, Database>()
  const viewOf = (clientId: string) => {
    const view = views.get(clientId) ?? scopeToClient(db, clientId)
    views.set(clientId, view)
    return view
  }
  return new Proxy(db, {
    get(_, property) {
      const clientId = callerScope()
      const view = clientId === null ? db : viewOf(clientId)
      const value = Reflect.get(view, property, view)
      return typeof value === 'function' ? value.bind(view) : value
    },
  })
}
