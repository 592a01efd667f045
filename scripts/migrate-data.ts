/**
 * `npm run migrate-data -- --from <SQLite file> --to <PostgreSQL URL>`: moves an installation's rows. Run again after it was
 * interrupted, it goes on where it was. The source is only read.
 */
import { parseArgs } from 'node:util'
import { whyNoPostgresUrl } from '../prisma/postgres-url.ts'
import { run } from '../runtime/main.ts'
import { moveRows } from './migrate-data/move-rows.ts'

run(async () => {
  const { values } = parseArgs({ options: { from: { type: 'string' }, to: { type: 'string' } } })
  if (!values.from || !values.to) {
    throw new Error(
      'Say from where and to where: npm run migrate-data -- --from .data/greenlight.db --to postgresql://…',
    )
  }
  const wrong = whyNoPostgresUrl(values.to)
  if (wrong) throw new Error(`--to ${wrong}.`)
  await moveRows(values.from, values.to, console.log)
  console.log('Done: every table has the same rows. Set DATABASE_URL, and start the servers and workers again.')
})
