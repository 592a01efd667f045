/** One of the processes of migrate.test.ts: opens a database at a moment (milliseconds since 1970). */
import { openDatabase } from '../../prisma/client.ts'

const [location = '', moment = '0'] = process.argv.slice(2)
while (Date.now() < Number(moment));
const db = await openDatabase(JSON.parse(location))
await db.$disconnect()
