/** `npm run webhook-secret`: shows what outgoing webhooks are signed with, for whoever receives them. */
import { openDatabase } from '../prisma/client.ts'
import { webhookSecret } from '../prisma/queries/webhook-secret.ts'
import { loadConfig } from '../runtime/environment.ts'
import { run } from '../runtime/main.ts'

run(async () => {
  const config = loadConfig()
  const db = await openDatabase(config.database)
  try {
    console.log(await webhookSecret(db, config.webhookSigningSecret))
  } finally {
    await db.$disconnect()
  }
})
