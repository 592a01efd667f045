/** Which blobs the rows of a backup name. */
import Sqlite from 'better-sqlite3'
import { HASH } from '../../storage/blob-store.ts'

/** Hashes of something else: of the keys to the API. */
const NOT_OF_BLOBS = ['ApiKey']

export interface Named {
  installation: string | null
  hashes: Set<string>
}

/**
 * By the form of their names, so that a backup of an older or a newer release, whose models are not these, is read too: every
 * column that is called hash, or something that ends so, has hashes of blobs (prisma/queries/blob-references.ts).
 */
export function namedBlobs(database: string): Named {
  const connection = new Sqlite(database, { readonly: true, fileMustExist: true })
  try {
    const columns = connection
      .prepare(
        `SELECT t.name AS "table", c.name AS "column" FROM sqlite_master t, pragma_table_info(t.name) c
          WHERE t.type = 'table' AND lower(c.name) LIKE '%hash'`,
      )
      .all() as { table: string; column: string }[]
    const hashes = new Set<string>()
    for (const { table, column } of columns.filter(({ table }) => !NOT_OF_BLOBS.includes(table))) {
      const values = connection.prepare(`SELECT DISTINCT "${column}" FROM "${table}" WHERE "${column}" IS NOT NULL`)
      for (const value of values.pluck().iterate()) if (HASH.test(String(value))) hashes.add(String(value))
    }
    return { installation: installationOf(connection), hashes }
  } finally {
    connection.close()
  }
}

/** Null where it never ran. */
export function installationOf(connection: Sqlite.Database): string | null {
  const setting = connection.prepare(`SELECT "value" FROM "Setting" WHERE "key" = 'installation_id'`).pluck()
  return (setting.get() as string | undefined) ?? null
}
