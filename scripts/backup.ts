/**
 * `npm run backup -- --to <folder>`: copies what an installation on one machine has, while it runs. Run again on the same
 * folder, it brings that up to date and copies only the blobs that are new.
 */
import { parseArgs } from 'node:util'
import { loadConfig } from '../runtime/environment.ts'
import { run } from '../runtime/main.ts'
import { takeBackup } from './backup/take-backup.ts'

run(async () => {
  const { to } = parseArgs({ options: { to: { type: 'string' } } }).values
  if (!to) throw new Error('Say where to: npm run backup -- --to <folder>, on another disk than DATA_DIR.')
  await takeBackup(loadConfig(), to, console.log)
})
