/** The PostgreSQL database that rows are moved to. */
import pg from 'pg'
import { MOVING } from '../../prisma/migrate-postgres.ts'
import { connectionSettings } from '../../prisma/postgres-adapter.ts'
import { type Column, type Row, TABLES, type Table, type Value } from './tables.ts'

/** Names the lock that one move at a time holds: drawn once, and the same for good. */
const MOVING_LOCK = 7_302_115_962n
/** Of a look. */
const ROWS_AT_ONCE = 500

export interface Progress {
  /** Of the installation whose rows are moved. */
  installation: string | null
  /** The tables that are done. */
  tables: string[]
  /** The last key of the table that was under way. */
  after: Row | null
}

export type Target = Awaited<ReturnType<typeof openTarget>>

/** @throws Error in one sentence when another move into it runs */
export async function openTarget(url: string) {
  const client = new pg.Client(connectionSettings({ url }))
  client.on('error', () => {})
  await client.connect()
  const { rows } = await client.query<{ free: boolean }>('SELECT pg_try_advisory_lock($1) AS free', [MOVING_LOCK])
  if (!rows[0]?.free) {
    await client.end()
    throw new Error('Rows are being moved into that database already, by another process.')
  }
  const setting = async (key: string) => {
    const found = await client.query<{ value: string }>('SELECT "value" FROM "Setting" WHERE "key" = $1', [key])
    return found.rows[0]?.value ?? null
  }
  return {
    installationId: () => setting('installation_id'),
    /** Whether somebody has made anything in it. What a process draws when it opens an empty database is nothing yet. */
    async isUsed() {
      const made = TABLES.filter((table) => table !== 'Setting')
      const looks = made.map((table) => `EXISTS (SELECT 1 FROM "${table}")`).join(' OR ')
      const found = await client.query<{ used: boolean }>(`SELECT ${looks} AS used`)
      return found.rows[0]?.used ?? false
    },
    /** The names of the programs that have it open beside us: they are not kept out by what is noted in it. */
    async usedBy() {
      const others = `SELECT DISTINCT application_name AS name FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name <> ''`
      return (await client.query<{ name: string }>(others)).rows.map(({ name }) => name)
    },
    async progress(): Promise<Progress | null> {
      const text = await setting(MOVING)
      return text === null ? null : (JSON.parse(text) as Progress)
    },
    /** Notes that rows are on their way, in place of what was drawn for another installation. */
    async begin(progress: Progress) {
      await client.query('BEGIN')
      await client.query('DELETE FROM "Setting"')
      await keepProgress(client, progress)
      await client.query('COMMIT')
    },
    async forgetProgress() {
      await client.query('DELETE FROM "Setting" WHERE "key" = $1', [MOVING])
    },
    describe: (table: string) => describe(client, table),
    /** Rows and how far that is, together or not at all. */
    async insert(table: Table, rows: Row[], progress: Progress) {
      await client.query('BEGIN')
      if (rows.length > 0) await insert(client, table, rows)
      await keepProgress(client, progress)
      await client.query('COMMIT')
    },
    rows: (table: Table) => allRows(client, table),
    /** The next number that a row is given by itself comes after `last`. */
    async numberAfter(table: string, column: string, last: number) {
      const sequence = 'pg_get_serial_sequence($1, $2)'
      await client.query(`SELECT setval(${sequence}, greatest($3::bigint, 1), $3 > 0)`, [`"${table}"`, column, last])
    },
    close: () => client.end(),
  }
}

async function keepProgress(client: pg.Client, progress: Progress): Promise<void> {
  await client.query(
    'INSERT INTO "Setting" ("key", "value") VALUES ($1, $2) ON CONFLICT ("key") DO UPDATE SET "value" = EXCLUDED."value"',
    [MOVING, JSON.stringify(progress)],
  )
}

async function describe(client: pg.Client, name: string): Promise<Table> {
  const columns = await client.query<Column>(
    `SELECT column_name AS name, data_type AS type FROM information_schema.columns
      WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position`,
    [name],
  )
  const key = await client.query<{ name: string }>(
    `SELECT a.attname AS name FROM pg_index i, unnest(i.indkey) WITH ORDINALITY AS k(number, place), pg_attribute a
      WHERE i.indrelid = $1::regclass AND i.indisprimary AND a.attrelid = i.indrelid AND a.attnum = k.number
      ORDER BY k.place`,
    [`"${name}"`],
  )
  return { name, columns: columns.rows, key: key.rows.map((row) => row.name) }
}

async function insert(client: pg.Client, { name, columns }: Table, rows: Row[]): Promise<void> {
  const values: Value[] = []
  const places = rows.map((row) => `(${row.map((value) => `$${values.push(value)}`).join(', ')})`)
  const names = columns.map((column) => `"${column.name}"`).join(', ')
  await client.query(`INSERT INTO "${name}" (${names}) VALUES ${places.join(', ')}`, values)
}

/** In the order of their keys as SQLite has it, which is that of the bytes. */
async function* allRows(client: pg.Client, { name, columns, key }: Table): AsyncIterable<Row> {
  const typeOf = new Map(columns.map((column) => [column.name, column.type]))
  const order = key.map((one) => (typeOf.get(one) === 'text' ? `"${one}" COLLATE "C"` : `"${one}"`)).join(', ')
  const selected = columns.map((column) => (column.type === 'json' ? `"${column.name}"::text` : `"${column.name}"`))
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  const mine = name === 'Setting' ? `WHERE "key" <> '${MOVING}'` : ''
  await client.query(`DECLARE moved CURSOR FOR SELECT ${selected.join(', ')} FROM "${name}" ${mine} ORDER BY ${order}`)
  for (;;) {
    const { rows } = await client.query<unknown[]>({ text: `FETCH ${ROWS_AT_ONCE} FROM moved`, rowMode: 'array' })
    if (rows.length === 0) break
    for (const row of rows) yield row.map((value) => (value instanceof Date ? value.toISOString() : (value as Value)))
  }
  await client.query('COMMIT')
}
