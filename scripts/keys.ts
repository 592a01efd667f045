/** `npm run keys -- create|list|revoke|end-sessions`: the keys in the database, and sessions. It works while the server runs. */

import { openDatabase } from '../prisma/client.ts'
import { loadConfig } from '../runtime/environment.ts'
import { run } from '../runtime/main.ts'
import { manageKeys } from './keys/manage-keys.ts'

run(async () => {
  const config = loadConfig()
  const db = await openDatabase(config.database)
  try {
    for (const line of await manageKeys(db, config, process.argv.slice(2))) console.log(line)
  } finally {
    await db.$disconnect()
  }
})
