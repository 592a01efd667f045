/**
 * A database as the holder of one client's key sees it: every query is narrowed to that client's rows, so a route that
 * forgets to ask whose a row is can't give it away. Prisma's relations carry the rule: an include only follows rows that
 * the client owns.
 */
import type { Database, Prisma } from './client.ts'

/** A write would make or move a row outside of the client's. */
export class OutsideClientScope extends Error {
  override readonly name = 'OutsideClientScope'
}

type Filter = (clientId: string) => Record<string, unknown>
const itself: Filter = (id) => ({ id })
const direct: Filter = (clientId) => ({ clientId })
const throughJob: Filter = (clientId) => ({ job: { clientId } })
const throughScene: Filter = (clientId) => ({ scene: { job: { clientId } } })

/** Whose the rows of each model are; null for those of nobody. A new model does not compile until it stands here. */
const OWNER: Record<Prisma.ModelName, Filter | null> = {
  Client: itself,
  Campaign: direct,
  Asset: direct,
  Job: direct,
  ApiKey: direct,
  JobPhoto: throughJob,
  Scene: throughJob,
  Take: throughScene,
  Revision: throughJob,
  SceneRevision: throughScene,
  Prediction: throughJob,
  JobEvent: throughJob,
  AudioSegment: throughJob,
  Rendition: throughJob,
  Note: throughJob,
  StoryboardExchange: throughJob,
  WebhookDelivery: throughJob,
  Setting: null,
  RenderedTransition: null,
  IdempotentRequest: null,
}

interface Args {
  where?: Record<string, unknown> & { AND?: unknown }
  data?: Record<string, unknown> | Record<string, unknown>[]
  create?: Record<string, unknown>
  update?: Record<string, unknown>
}

/**
 * The same database, narrowed to one client. A row that is made without an owner becomes the client's.
 * @returns a database whose writes throw OutsideClientScope when they name another client, and that refuses raw SQL
 */
export function scopeToClient(db: Database, clientId: string): Database {
  const refuseSql = () => {
    throw new Error('Raw SQL can not be narrowed to a client: use the models.')
  }
  const extended = db.$extends({
    query: {
      $queryRaw: refuseSql,
      $queryRawUnsafe: refuseSql,
      $executeRaw: refuseSql,
      $executeRawUnsafe: refuseSql,
      $allModels: {
        $allOperations: ({ model, operation, args, query }) =>
          query(narrow(args as Args, model, operation, clientId) as typeof args),
      },
    },
  })
  return extended as unknown as Database
}

function narrow(args: Args | undefined, model: Prisma.ModelName, operation: string, clientId: string): Args {
  const owner = OWNER[model]
  if (!owner) return args ?? {}
  const narrowed: Args = { ...args }
  const makes = /^(create|upsert)/.test(operation)
  if (!/^create/.test(operation)) {
    const { where } = narrowed
    const others = where?.AND === undefined ? [] : [where.AND].flat()
    narrowed.where = { ...where, AND: [...others, owner(clientId)] }
  }
  if (owner === throughJob || owner === throughScene) return narrowed
  const column = owner === itself ? 'id' : 'clientId'
  for (const part of ['data', 'create', 'update'] as const) {
    const rows = narrowed[part]
    if (rows === undefined) continue
    const owned = [rows].flat().map((row) => own(row, column, clientId, makes && part !== 'update'))
    Object.assign(narrowed, { [part]: Array.isArray(rows) ? owned : owned[0] })
  }
  return narrowed
}

/** @param isNew whether the row is being made; a change may leave the owner unsaid */
function own(row: Record<string, unknown>, column: string, clientId: string, isNew: boolean): Record<string, unknown> {
  if (column === 'id' && isNew) throw new OutsideClientScope('A key of one client makes no other clients')
  const named = row[column]
  if (row.client !== undefined || (named != null && named !== clientId) || (named === null && !isNew)) {
    throw new OutsideClientScope('A key of one client gives nothing to another')
  }
  return isNew ? { ...row, [column]: clientId } : row
}
