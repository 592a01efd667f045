import { type Database, Prisma } from '../client.ts'

/** A fact that is drawn once per database and kept: of several who draw at the same moment, all get the first one's. */
export async function drawnSetting(db: Database, key: string, draw: () => string): Promise<string> {
  const known = await db.setting.findUnique({ where: { key } })
  if (known) return known.value
  try {
    await db.setting.create({ data: { key, value: draw() } })
  } catch (error) {
    const drawnAlready = error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002'
    if (!drawnAlready) throw error
  }
  return (await db.setting.findUniqueOrThrow({ where: { key } })).value
}
