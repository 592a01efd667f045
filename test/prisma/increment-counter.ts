/** The other process of database.test.ts: adds to a counter, reading before it writes. */
import { openDatabase } from '../../prisma/client.ts'

const [location = '', times = '0'] = process.argv.slice(2)
const db = await openDatabase(JSON.parse(location))
for (let done = 0; done < Number(times); done++) {
  await db.$transaction(async (tx) => {
    const row = await tx.setting.findUniqueOrThrow({ where: { key: 'counter' } })
    await tx.setting.update({ where: { key: 'counter' }, data: { value: String(Number(row.value) + 1) } })
  })
}
await db.$disconnect()
