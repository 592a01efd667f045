/** Budgets: how much jobs may cost, and in which words somebody hears that it is too much. Pure: no I/O. */

/** Of one job, of all jobs of a campaign or a client, and of what is bought between two midnights (UTC). */
export const BUDGET_SCOPES = ['job', 'campaign', 'client', 'day'] as const
export type BudgetScope = (typeof BUDGET_SCOPES)[number]

/** A budget that does not suffice for what is asked for. Micro-USD. */
export interface BudgetFigures {
  scope: BudgetScope
  limitMicroUsd: number
  /** What was bought: as the provider bills it, as far as the ledger knows. */
  spentMicroUsd: number
  /** What is approved, and not bought yet. */
  committedMicroUsd: number
  /** What is asked for. */
  askedMicroUsd: number
}

/** Somebody who may approved of more than budgets allow: who, when, and which budgets. */
export interface BudgetOverride {
  by: string | null
  /** ISO 8601. */
  at: string
  budgets: BudgetFigures[]
}

/** What the configuration allows; null for no limit. Micro-USD. */
export interface BudgetLimits {
  /** MAX_JOB_USD */
  jobMicroUsd: number | null
  /** DAILY_BUDGET_USD */
  dayMicroUsd: number | null
}

/** Whoever sees a job may hear of this budget; the day's tells what every client spends. */
export const isOfOneClient = (scope: BudgetScope) => scope !== 'day'

export const NO_LIMITS: BudgetLimits = { jobMicroUsd: null, dayMicroUsd: null }

export function isExceeded({ limitMicroUsd, spentMicroUsd, committedMicroUsd, askedMicroUsd }: BudgetFigures): boolean {
  return spentMicroUsd + committedMicroUsd + askedMicroUsd > limitMicroUsd
}

const OF: Record<BudgetScope, string> = {
  job: "the job's budget",
  campaign: "the campaign's budget",
  client: "the client's budget",
  day: "today's budget (UTC)",
}

/** Why not, in a sentence for each budget. @param isShown leaves the figures of others out */
export function overBudgetReason(exceeded: BudgetFigures[], isShown: (scope: BudgetScope) => boolean): string {
  return exceeded
    .map((figures) => {
      const { scope, limitMicroUsd, spentMicroUsd, committedMicroUsd, askedMicroUsd } = figures
      const asked = `It would cost ${inDollars(askedMicroUsd)}, which is more than ${OF[scope]} has left`
      if (!isShown(scope)) return asked
      return `${asked}: of ${inDollars(limitMicroUsd)}, ${inDollars(spentMicroUsd)} is spent and ${inDollars(committedMicroUsd)} is approved and not spent yet`
    })
    .join('. ')
}

/** As people write it; fractions of a cent where there are some. */
const inDollars = (microUsd: number) => `$${(microUsd / 1e6).toFixed(microUsd % 10_000 === 0 ? 2 : 4)}`
