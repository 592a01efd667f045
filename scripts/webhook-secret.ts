/** `npm run webhook-secret`: shows what outgoing webhooks are signed with, for whoever receives them; several on a line each. */
import { openDatabase } from '../prisma/client.ts'
import { webhookSecrets } from '../prisma/queries/webhook-secret.ts'
import { loadConfig } from '../runtime/environment.ts'
import { run } from '../runtime/main.ts'

run(async () => {
  const config = loadConfig()
  const db = await openDatabase(config.database)
  try {
    for (const secret of await webhookSecrets(db, config.webhookSigningSecrets)) console.log(secret)
  } finally {
    await db.$disconnect()
  }
})
