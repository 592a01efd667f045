/**
 * `npm run restore -- --from <folder>`: brings a backup into an empty DATA_DIR. `--without-temporal` leaves out what Temporal
 * knew; jobs then get new runs. `npm run restore -- --as-of <time>`: what was restored by other means, such as pg_restore,
 * is told that it is older than what was bought.
 */
import { parseArgs } from 'node:util'
import { loadConfig } from '../runtime/environment.ts'
import { run } from '../runtime/main.ts'
import { readTemporalTarget } from '../temporal/connect.ts'
import { noteRestored } from './backup/note-restored.ts'
import { restoreBackup } from './backup/restore-backup.ts'

run(async () => {
  const { values } = parseArgs({
    options: {
      from: { type: 'string' },
      'as-of': { type: 'string' },
      'without-temporal': { type: 'boolean', default: false },
    },
  })
  const config = loadConfig()
  const asOf = values['as-of']
  if (values.from && !asOf) {
    // A server of its own has its own backup.
    const withTemporal = !values['without-temporal'] && !readTemporalTarget(process.env).named
    return restoreBackup(config, values.from, { withTemporal, say: console.log })
  }
  if (asOf && !values.from) return noteRestored(config, asOf, console.log)
  throw new Error(
    'Say from where: npm run restore -- --from <folder>. Where the rows are restored already: npm run restore -- --as-of <the time of their backup>.',
  )
})
