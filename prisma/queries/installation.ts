/** The installation's id: drawn once and kept with the rows, so that workflow ids never meet another database's. */
import { randomUUID } from 'node:crypto'
import { type Database, Prisma } from '../client.ts'

const KEY = 'installation_id'
const known = new WeakMap<Database, Promise<string>>()

export function installationId(db: Database): Promise<string> {
  let id = known.get(db)
  if (!id) {
    id = readOrDraw(db)
    id.catch(() => known.delete(db))
    known.set(db, id)
  }
  return id
}

async function readOrDraw(db: Database): Promise<string> {
  try {
    await db.setting.create({ data: { key: KEY, value: randomUUID().slice(0, 8) } })
  } catch (error) {
    const drawnAlready = error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002'
    if (!drawnAlready) throw error
  }
  const row = await db.setting.findUniqueOrThrow({ where: { key: KEY } })
  return row.value
}
