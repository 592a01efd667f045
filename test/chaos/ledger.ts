/** The ledger against the provider's bill: was anything paid for twice, or paid for and lost? */
import type { Prediction } from '../../prisma/queries/jobs.ts'
import { carriesToken } from '../../providers/purchase-token.ts'
import type { Bill, BillLine } from '../../simulator/index.ts'

type Entry = Pick<
  Prediction,
  'jobId' | 'subject' | 'attempt' | 'reason' | 'state' | 'providerId' | 'token' | 'error' | 'priceMicroUsd'
>

export interface Audit {
  /** Two billed predictions for one scene attempt, or for one piece of music. */
  doublePayments: number
  violations: string[]
}

export function audit(ledger: readonly Entry[], bill: Pick<Bill, 'predictions'>): Audit {
  const bought = new Map<Entry, BillLine[]>(ledger.map((entry) => [entry, []]))
  const violations: string[] = []
  for (const line of bill.predictions) {
    const entry = ledger.find(({ token }) => carriesToken(line.input, token))
    if (entry) bought.get(entry)?.push(line)
    else violations.push(`Prediction #${line.number} (${line.status}) is on the bill and in no ledger.`)
  }
  let doublePayments = 0
  for (const [entry, lines] of bought) {
    if (lines.filter(({ billed }) => billed).length > 1) doublePayments++
    violations.push(...problemsOf(entry, lines).map((problem) => `${nameOf(entry)} ${problem}`))
  }
  return { doublePayments, violations: [...violations, ...attemptProblems(ledger)] }
}

const nameOf = ({ jobId, subject, attempt }: Entry) => `Job ${jobId}, ${subject}, attempt ${attempt}`

/** What the ledger says of a purchase against what the provider says of it. */
function problemsOf(entry: Entry, lines: readonly BillLine[]): string[] {
  const [line, ...more] = lines
  const problems = more.map((other) => `was bought twice: #${line?.number} and #${other.number} (${other.status}).`)
  if (!line)
    return entry.providerId ? [...problems, `names ${entry.providerId}, which the provider does not know.`] : problems
  if (line.id !== entry.providerId) problems.push(`names ${entry.providerId ?? 'nothing'}, and bought ${line.id}.`)
  if (!ENDS[line.status]?.includes(entry.state)) problems.push(`is ${entry.state}, and ${line.status} at the provider.`)
  if (line.billed && entry.state === 'failed') problems.push('is on the bill, and not in what was spent.')
  const isClip = entry.subject.startsWith('scene:')
  if (line.billed && isClip && Math.round(line.price_usd * 1e6) !== entry.priceMicroUsd) {
    problems.push(`cost ${line.price_usd} USD, and ${entry.priceMicroUsd / 1e6} in the ledger.`)
  }
  return problems
}

/** How a purchase may have ended in the ledger, by how it ended at the provider: a job may have been canceled meanwhile. */
const ENDS: Record<string, string[]> = {
  succeeded: ['succeeded', 'canceled'],
  failed: ['failed', 'canceled'],
  canceled: ['canceled'],
  aborted: ['canceled'],
}

/** Attempts count up from 1, and each beyond the first says why it was bought. */
function attemptProblems(ledger: readonly Entry[]): string[] {
  const bySubject = Map.groupBy(ledger, ({ jobId, subject }) => `${jobId} ${subject}`)
  return [...bySubject.values()].flatMap((entries) => {
    const sorted = entries.toSorted((a, b) => a.attempt - b.attempt)
    return sorted.flatMap((entry, index) => {
      const problems: string[] = []
      if (entry.attempt !== index + 1) problems.push(`is the ${index + 1}. in the ledger.`)
      if (index === 0 && entry.reason !== 'first') problems.push(`gives a reason to pay again: ${entry.reason}`)
      if (index > 0 && (entry.reason === 'first' || !entry.reason)) problems.push('gives no reason to pay again.')
      if (index > 0 && sorted[index - 1]?.state === 'succeeded' && /^attempt \d+ ended as/.test(entry.reason)) {
        problems.push(`was bought although the attempt before it succeeded: ${entry.reason}`)
      }
      return problems.map((problem) => `${nameOf(entry)} ${problem}`)
    })
  })
}
