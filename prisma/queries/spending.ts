/** What was spent, and whether more may be: the pause that stops every purchase. */
import { type Database, type Db, Prisma } from '../client.ts'
import { statements } from '../statements.ts'

const PAUSE = 'spending_pause'

export interface SpendingPause {
  by: string
  reason: string | null
  /** ISO 8601. */
  since: string
}

/** In these it is billed whatever else is known. */
export const BILLED_STATES: ReadonlySet<string> = new Set(['submitted', 'succeeded'])

/**
 * What the provider bills, as far as we know: what succeeded, what runs, and what was canceled after it was bought, because
 * a prediction that had begun is billed. What failed is not.
 */
const BILLED: Prisma.PredictionWhereInput = {
  OR: [{ state: { in: [...BILLED_STATES] } }, { state: 'canceled', providerId: { not: null } }],
}

/**
 * The same in a statement of our own, as what a row adds to a sum. Where a condition names the states, SQLite looks through
 * every purchase there is of them.
 */
export const BILLED_MICRO_USD = Prisma.sql`CASE WHEN "state" IN ('submitted', 'succeeded') OR ("state" = 'canceled' AND "providerId" IS NOT NULL)
  THEN "priceMicroUsd" ELSE 0 END`

/** The same of one prediction. */
export function isBilled({ state, providerId }: { state: string; providerId: string | null }): boolean {
  return BILLED_STATES.has(state) || (state === 'canceled' && providerId !== null)
}

/** Micro-USD of what was bought: what the provider bills, as far as the ledger knows. Deleted jobs count too. */
export async function spentMicroUsd(db: Db, which: Prisma.PredictionWhereInput): Promise<number> {
  const { _sum } = await db.prediction.aggregate({
    where: { AND: [which, BILLED] },
    _sum: { priceMicroUsd: true },
  })
  return _sum.priceMicroUsd ?? 0
}

/**
 * The same, job by job. Jobs that bought nothing are not in it. What is billed is sorted out here: told of the states, SQLite looks
 * through every purchase there is of them.
 */
export async function spentMicroUsdByJob(db: Db, jobIds: number[]): Promise<Map<number, number>> {
  const purchases = await db.prediction.findMany({
    where: { jobId: { in: jobIds } },
    select: { jobId: true, state: true, providerId: true, priceMicroUsd: true },
  })
  const spent = new Map<number, number>()
  for (const { jobId, priceMicroUsd } of purchases.filter(isBilled)) {
    spent.set(jobId, (spent.get(jobId) ?? 0) + priceMicroUsd)
  }
  return spent
}

/** Null when spending is not paused. */
export async function findSpendingPause(db: Db): Promise<SpendingPause | null> {
  return pauseOf(await db.setting.findUnique({ where: { key: PAUSE } }))
}

/** The same before every purchase. */
export async function spendingPauseNow(db: Database): Promise<SpendingPause | null> {
  const [row] = await statements(db).$queryRaw<{ value: string }[]>(
    Prisma.sql`SELECT "value" FROM "Setting" WHERE "key" = ${PAUSE}`,
  )
  return pauseOf(row)
}

function pauseOf(row: { value: string } | null | undefined): SpendingPause | null {
  return row ? (JSON.parse(row.value) as SpendingPause) : null
}

/** Stops buying, for every server and worker on this database; a pause that is on already stays as it is. */
export async function pauseSpending(db: Database, pause: SpendingPause): Promise<void> {
  try {
    await db.setting.create({ data: { key: PAUSE, value: JSON.stringify(pause) } })
  } catch (error) {
    const pausedAlready = error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002'
    if (!pausedAlready) throw error
  }
}

export async function resumeSpending(db: Database): Promise<void> {
  await db.setting.deleteMany({ where: { key: PAUSE } })
}
