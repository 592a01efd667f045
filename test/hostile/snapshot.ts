/** What a server keeps: every row and every file, in a form that two moments can be compared by. */
import { createHash } from 'node:crypto'
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Database } from '../../prisma/client.ts'

export interface Snapshot {
  /** Sizes in bytes by path. */
  files: Record<string, number>
  /** How many rows a table has, and the digest of all of them. */
  tables: Record<string, string>
}

/** Changes whenever another process has written to the database. */
export async function writesSeen(db: Database): Promise<number> {
  const [row] = await db.$queryRawUnsafe<{ data_version: bigint | number }[]>('PRAGMA data_version')
  return Number(row?.data_version)
}

/** @param folders everything that the server may write to */
export async function listFiles(folders: string[]): Promise<Snapshot['files']> {
  const files: Snapshot['files'] = {}
  for (const folder of folders) {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      const file = path.join(entry.parentPath, entry.name)
      // The database's own files change when they are read; its rows are compared for themselves.
      if (!entry.isFile() || entry.name.startsWith('greenlight.db')) continue
      const size = stat(file).then(
        (found) => found.size,
        () => -1,
      )
      files[path.relative(path.dirname(folder), file)] = await size
    }
  }
  return files
}

export async function readTables(db: Database): Promise<Snapshot['tables']> {
  const tables = await db.$queryRawUnsafe<{ name: string }[]>("SELECT name FROM sqlite_master WHERE type = 'table'")
  const digests: Snapshot['tables'] = {}
  for (const { name } of tables) {
    const rows = await db.$queryRawUnsafe<object[]>(`SELECT * FROM "${name}" ORDER BY rowid`)
    const text = JSON.stringify(rows, (_, value) => (typeof value === 'bigint' ? String(value) : value))
    digests[name] = `${rows.length} rows, ${createHash('sha256').update(text).digest('hex').slice(0, 12)}`
  }
  return digests
}
