/** Moves all rows of an installation, table by table, and compares what came of it. */
import { migratePostgres } from '../../prisma/migrate-postgres.ts'
import { openSource, type Source } from './source.ts'
import { type Row, summarize, TABLES, type Table } from './tables.ts'
import { openTarget, type Progress, type Target } from './target.ts'

/** Of values a statement: PostgreSQL takes 65,535. */
const VALUES_AT_ONCE = 20_000

/**
 * Goes on where an interrupted move of the same installation was.
 * @param say is told what is done
 * @throws Error in one sentence when source or target won't do, or the rows differ in the end
 */
export async function moveRows(file: string, url: string, say: (line: string) => void): Promise<void> {
  const source = await openSource(file)
  try {
    await migratePostgres({ url, poolSize: 2 }, { moving: true })
    const target = await openTarget(url)
    try {
      const progress = await begin(source, target)
      for (const name of TABLES) await moveTable(source, target, name, progress)
      await target.numberAfter('Job', 'id', source.lastNumber('Job'))
      for (const name of TABLES) say(await compare(source, target, name))
      await target.forgetProgress()
    } finally {
      await target.close()
    }
  } finally {
    source.close()
  }
}

async function begin(source: Source, target: Target): Promise<Progress> {
  const { installationId: installation } = source
  const progress = await target.progress()
  if (progress && progress.installation === installation) return progress
  const there = progress ? progress.installation : await target.installationId()
  if (there !== null && there === installation) {
    throw new Error('The rows of this installation are in that database already: the move has ended.')
  }
  if (progress || (await target.isUsed())) {
    if (there === null) throw new Error('That database has rows already: name an empty one.')
    throw new Error(`That database holds another installation (${there}, not ${installation}): name an empty one.`)
  }
  const programs = await target.usedBy()
  if (programs.length > 0) {
    throw new Error(
      `That database is in use (${programs.join(', ')}): stop every server, worker and command of it first.`,
    )
  }
  const begun = { installation, tables: [], after: null }
  await target.begin(begun)
  return begun
}

/** @param progress is brought up to date with what is in the target */
async function moveTable(source: Source, target: Target, name: string, progress: Progress): Promise<void> {
  if (progress.tables.includes(name)) return
  const table = await target.describe(name)
  const flush = async (rows: Row[], isLast: boolean) => {
    const last = rows.at(-1)
    progress.after = isLast || !last ? null : keyOf(table, last)
    if (isLast) progress.tables.push(name)
    await target.insert(table, rows, progress)
  }
  let batch: Row[] = []
  for (const row of source.rows(table, progress.after)) {
    batch.push(row)
    if (batch.length * table.columns.length < VALUES_AT_ONCE) continue
    await flush(batch, false)
    batch = []
  }
  await flush(batch, true)
}

function keyOf({ columns, key }: Table, row: Row): Row {
  return key.map((name) => row[columns.findIndex((column) => column.name === name)] ?? null)
}

/** @returns a line that says what both have @throws when they differ */
async function compare(source: Source, target: Target, name: string): Promise<string> {
  const table = await target.describe(name)
  const before = await summarize(source.rows(table, null))
  const after = await summarize(target.rows(table))
  if (before.rows !== after.rows || before.hash !== after.hash) {
    throw new Error(
      `${name} differs: ${before.rows} rows (${before.hash}) before, ${after.rows} (${after.hash}) after. ` +
        'The source was written to while its rows were on their way: drop that database, make it anew and start again.',
    )
  }
  return `${name.padEnd(20)} ${String(before.rows).padStart(9)} rows  sha256 ${before.hash}`
}
