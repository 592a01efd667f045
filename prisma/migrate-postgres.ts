/** Brings a PostgreSQL database to this version of the schema: one process at a time, whichever machine it runs on. */
import pg from 'pg'
import { migrate } from './migrate.ts'
import { connectionSettings, type PostgresLocation, postgresAdapter } from './postgres-adapter.ts'

const OLDEST_MAJOR = 15
/** Names the lock that is held while a database is migrated: drawn once, and the same for good. */
const MIGRATING = 7_302_115_961n
/** The setting that is there while an installation's rows are moved into the database (scripts/migrate-data). */
export const MOVING = 'rows_moving'

/**
 * @param moving whether it is opened to move rows into it
 * @throws Error in one sentence, without the password, when it can't be reached, is of another kind than is needed, or
 * does not take a migration
 */
export async function migratePostgres(location: PostgresLocation, { moving = false } = {}): Promise<void> {
  const client = new pg.Client(connectionSettings(location))
  // A connection that breaks while it idles says so here too; whoever asks it something is told.
  client.on('error', () => {})
  try {
    await client.connect()
    await assertSuitable(client)
    // Given back with the connection, so also by a process that dies.
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATING])
    await provideTrigrams(client)
    // One connection: the engine's lock belongs to it, and is asked for again in each transaction.
    await migrate(postgresAdapter({ ...location, poolSize: 1 }, { limited: false }))
    if (!moving) await assertWhole(client)
  } catch (error) {
    throw new Error(`The database at ${placeOf(location)} can't be used: ${reasonOf(error)}`, { cause: error })
  } finally {
    await client.end().catch(() => {})
  }
}

async function assertSuitable(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: string; encoding: string; zone: string }>(
    `SELECT current_setting('server_version') AS version, current_setting('server_encoding') AS encoding,
      current_setting('TimeZone') AS zone`,
  )
  const [about] = rows
  if (Number.parseInt(about?.version ?? '', 10) < OLDEST_MAJOR) {
    throw new Error(`it is PostgreSQL ${about?.version}, and Greenlight needs ${OLDEST_MAJOR} or later.`)
  }
  if (about?.encoding !== 'UTF8') {
    throw new Error(`its encoding is ${about?.encoding}: create one with ENCODING 'UTF8' TEMPLATE template0.`)
  }
  // Every moment would be off by hours: a pooler leaves out what our connections ask for.
  if (!/^(Etc\/)?UTC$/.test(about.zone)) {
    throw new Error(`its sessions are in ${about.zone}, not in UTC: ALTER ROLE … SET timezone TO 'UTC', for our user.`)
  }
}

/**
 * A migration has it too. Whoever may not create it is told here what to do, before any of the migrations is applied.
 * Where it is there already, no right is needed, nor a server that can be written to at the moment.
 */
async function provideTrigrams(client: pg.Client): Promise<void> {
  if (await hasTrigrams(client)) return
  await client.query('CREATE EXTENSION IF NOT EXISTS pg_trgm').catch((error: unknown) => {
    throw new Error(
      `searches need its extension pg_trgm, and our user can't create it (${reasonOf(error)}). Nothing was changed. ` +
        'Let one who may run CREATE EXTENSION pg_trgm in this database, or GRANT CREATE ON DATABASE to our user; ' +
        'where the server has no such extension, install the "contrib" modules of its PostgreSQL first. Then start again.',
      { cause: error },
    )
  })
  if (await hasTrigrams(client)) return
  throw new Error(
    "its extension pg_trgm is in a schema that is not in our user's search_path: " +
      'ALTER EXTENSION pg_trgm SET SCHEMA public, or add that schema by ALTER ROLE … SET search_path.',
  )
}

async function hasTrigrams(client: pg.Client): Promise<boolean> {
  const seen = "SELECT 1 FROM pg_opclass WHERE opcname = 'gin_trgm_ops' AND pg_opclass_is_visible(oid)"
  return (await client.query(seen)).rowCount !== 0
}

/** Of half an installation's rows a server would make another installation. */
async function assertWhole(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query('SELECT 1 FROM "Setting" WHERE "key" = $1', [MOVING])
  if (rowCount) throw new Error('rows are being moved into it; run `npm run migrate-data` again until it is done.')
}

/** Host, port and database, for people: never the user's name and password. */
export function placeOf({ url }: Pick<PostgresLocation, 'url'>): string {
  const { host, pathname, searchParams } = new URL(url)
  return `${host || searchParams.get('host') || 'localhost'}${pathname}`
}

/** A refused connection to a name with several addresses has a message for each, and none of its own. */
function reasonOf(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string }
  return message || `${code ?? 'it gives no reason'}.`
}
