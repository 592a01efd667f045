/**
 * Budgets are held where money is decided about: in the transaction that approves, so that of two decisions at the same
 * moment the second one knows of the first (docs/decisions/0057-budgets.md).
 */
import {
  type BudgetFigures,
  type BudgetLimits,
  type BudgetOverride,
  type BudgetScope,
  isExceeded,
  isOfOneClient,
  overBudgetReason,
} from '../../domain/budget.ts'
import { OPEN_REVISION_STATES } from '../../domain/revision.ts'
import { type Database, Prisma } from '../client.ts'
import type { Statements } from '../statements.ts'
import { recordEvent } from './progress.ts'
import { BILLED_MICRO_USD } from './spending.ts'

type Tx = Prisma.TransactionClient
const { sql, join } = Prisma
/** What the column holds: 2,147 USD. */
const LARGEST_INT = 0x7fff_ffff

/** Who asks for what is to be paid, and what holds for it. */
export interface Spender {
  limits: BudgetLimits
  /** Whether whoever asks says that this budget does not matter, and may say so. */
  overrides: (scope: BudgetScope) => boolean
  by: string | null
}

/** What is asked for costs more than a budget has left. Thrown within the transaction, which it undoes. */
export class OverBudget extends Error {
  override readonly name = 'OverBudget'
  readonly exceeded: BudgetFigures[]
  constructor(exceeded: BudgetFigures[]) {
    super(`Over budget: ${exceeded.map(({ scope }) => scope).join(', ')}.`)
    this.exceeded = exceeded
  }
}

/** What is narrowed to jobs of which nobody set a budget: theirs, their campaign's and their client's. */
export const WITHOUT_BUDGET = { budgetCents: null, campaign: { budgetCents: null }, client: { budgetCents: null } }

/** A job with what is asked of its budgets. */
export const WITH_BUDGETS = {
  campaign: { select: { budgetCents: true } },
  client: { select: { budgetCents: true } },
} as const
type Budgeted = Prisma.JobGetPayload<{ include: typeof WITH_BUDGETS }>

/**
 * Refuses what its job, campaign, client or day has no money left for. The transaction has to write the job, and to see
 * every client's rows.
 * @param askedMicroUsd what it costs at most
 * @returns the budgets that are exceeded, and overridden
 * @throws OverBudget
 */
export async function assertWithinBudgets(
  tx: Tx,
  job: Budgeted,
  askedMicroUsd: number,
  { limits, overrides }: Spender,
): Promise<BudgetFigures[]> {
  const exceeded: BudgetFigures[] = []
  for (const [scope, limitMicroUsd] of limitsOf(job, limits)) {
    const figures = { scope, limitMicroUsd, ...(await usageOf(tx, scope, job)), askedMicroUsd }
    if (isExceeded(figures)) exceeded.push(figures)
  }
  if (!exceeded.every(({ scope }) => overrides(scope))) throw new OverBudget(exceeded)
  return exceeded
}

/**
 * The same for what is made of a job that was approved before: it then counts as committed, until the job is not open
 * any more.
 * @throws OverBudget
 */
export async function commitToBudgets(tx: Tx, jobId: number, askedMicroUsd: number, spender: Spender): Promise<void> {
  if (askedMicroUsd === 0) return
  const job = await tx.job.findUniqueOrThrow({ where: { id: jobId }, include: WITH_BUDGETS })
  const overridden = await assertWithinBudgets(tx, job, askedMicroUsd, spender)
  const { spentMicroUsd, committedMicroUsd } = await usageOf(tx, 'job', job)
  const committedNow = Math.min(spentMicroUsd + committedMicroUsd + askedMicroUsd, LARGEST_INT)
  await tx.job.update({ where: { id: jobId }, data: { committedMicroUsd: committedNow } })
  await recordOverride(tx, jobId, spender, overridden)
}

/** Keeps who went over which budgets, and by how much; nothing where none was exceeded. */
export async function recordOverride(tx: Tx, jobId: number, { by }: Spender, budgets: BudgetFigures[]): Promise<void> {
  if (budgets.length === 0) return
  const override: BudgetOverride = { by, at: new Date().toISOString(), budgets }
  const budgetOverride = override as unknown as Prisma.InputJsonObject
  await tx.job.update({ where: { id: jobId }, data: { budgetOverride } })
  await recordEvent(tx, jobId, 'budget_overridden', { by, scopes: budgets.map(({ scope }) => scope) })
}

/** A signal says nothing of who may go over a budget. */
export const BY_SIGNAL = { overrides: () => false }

/**
 * Shows people that what a signal asked for was too much: nobody waits for an answer to it.
 * @returns why it was, without what other clients spend
 */
export async function recordOverBudget(
  db: Database,
  jobId: number,
  by: string | null,
  { exceeded }: OverBudget,
): Promise<string> {
  const reason = overBudgetReason(exceeded, isOfOneClient)
  await db.$transaction((tx) => recordEvent(tx, jobId, 'over_budget', { by, reason }))
  return reason
}

/** Whose money it is. */
export type BudgetOwner = { id: number; campaignId: string; clientId: string }

/** What of a budget's money is spent, and what is approved and not spent yet. */
export async function usageOf(
  by: Statements,
  scope: BudgetScope,
  owner: Partial<BudgetOwner>,
): Promise<Pick<BudgetFigures, 'spentMicroUsd' | 'committedMicroUsd'>> {
  const jobs = JOBS[scope](owner)
  const bought =
    scope === 'day' ? sql`"postedAt" >= ${midnight()}` : sql`"jobId" IN (SELECT "id" FROM "Job" WHERE ${jobs})`
  const [row] = await by.$queryRaw<{ spent: number | bigint; committed: number | bigint }[]>(sql`SELECT
    (SELECT COALESCE(SUM(${BILLED_MICRO_USD}), 0) FROM "Prediction" WHERE ${bought}) AS "spent",
    (SELECT COALESCE(SUM(CASE WHEN "planned" > "bought" THEN "planned" - "bought" ELSE 0 END), 0) FROM (
      SELECT COALESCE("committedMicroUsd", "estimateMicroUsd") AS "planned", (
        SELECT COALESCE(SUM(${BILLED_MICRO_USD}), 0) FROM "Prediction" WHERE "jobId" = "Job"."id"
      ) AS "bought" FROM "Job" WHERE ${jobs} AND "decision" = 'approved' AND "id" IN (${OPEN})
    ) AS "open") AS "committed"`)
  return { spentMicroUsd: Number(row?.spent ?? 0), committedMicroUsd: Number(row?.committed ?? 0) }
}

/**
 * Jobs of which more is bought without anybody being asked again; some are there twice, because SQLite would go through
 * every job to leave that out. None of them is deleted, which the index is told.
 */
const OPEN = sql`SELECT "id" FROM "Job" WHERE "deletedAt" IS NULL AND "status" IN ('approved', 'processing')
  UNION ALL SELECT "jobId" FROM "Revision" WHERE "state" IN (${join(OPEN_REVISION_STATES)})`

const JOBS: Record<BudgetScope, (owner: Partial<BudgetOwner>) => Prisma.Sql> = {
  job: ({ id }) => sql`"id" = ${id}`,
  campaign: ({ campaignId }) => sql`"campaignId" = ${campaignId}`,
  client: ({ clientId }) => sql`"clientId" = ${clientId}`,
  day: () => sql`1 = 1`,
}

/** The last one, UTC: when the day began whose budget it is. */
export function midnight(): Date {
  const begin = new Date()
  begin.setUTCHours(0, 0, 0, 0)
  return begin
}

/** The limits that there are. Of a job's own one and the configuration's the smaller one holds. */
function limitsOf({ budgetCents, campaign, client }: Budgeted, { jobMicroUsd, dayMicroUsd }: BudgetLimits) {
  const ofJob = [inMicroUsd(budgetCents), jobMicroUsd].filter((limit) => limit !== null)
  const limits: [BudgetScope, number | null][] = [
    ['job', ofJob.length > 0 ? Math.min(...ofJob) : null],
    ['campaign', inMicroUsd(campaign.budgetCents)],
    ['client', inMicroUsd(client.budgetCents)],
    ['day', dayMicroUsd],
  ]
  return limits.filter((limit): limit is [BudgetScope, number] => limit[1] !== null)
}

const inMicroUsd = (cents: number | null) => (cents === null ? null : cents * 10_000)
