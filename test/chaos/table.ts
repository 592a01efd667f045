/** What a run prints. */
import type { Prediction } from '../../prisma/queries/jobs.ts'
import type { Traffic } from './balancer.ts'
import type { Seen } from './frontend.ts'
import type { Plan } from './plan.ts'

export interface Report {
  plan: Plan
  /** How often each was killed, by name. */
  killed: Map<string, number>
  /** The simulator's rules, and how often each struck. */
  struck: { fault: { kind: string; [field: string]: unknown }; struck: number }[]
  seen: Seen[]
  /** How many were looked at. */
  films: number
  /** Null where one server is asked without a balancer. */
  traffic: Traffic | null
  ledger: Pick<Prediction, 'jobId' | 'subject' | 'attempt' | 'reason' | 'state'>[]
  /** How many the provider billed. */
  billed: number
  doublePayments: number
  /** From the first kill's clock to the last job's end, and in all. */
  seconds: number
  violations: string[]
}

export function table(report: Report): string {
  const { plan, killed, struck, seen, ledger, seconds } = report
  const kills = [...killed.values()].reduce((sum, count) => sum + count, 0)
  const rows = seen.toSorted((a, b) => a.id - b.id).map((job) => row(job, ledger))
  return [
    `Seed ${plan.seed}: ${plan.jobs} jobs of ${plan.scenes} scenes, ${kills} kills, ${seconds.toFixed(0)} s`,
    ...columns([['job', 'model', 'scenes', 'music', 'ended', 'attempts', 'seconds', 'had to get over'], ...rows]),
    `kill -9: ${tally([...killed])}`,
    `faults:  ${tally(faults(struck))}`,
    ...endOfTable(report),
  ].join('\n')
}

/** What every run is about: what was paid, and what was violated. */
export function endOfTable({ ledger, billed, doublePayments, violations }: Report): string[] {
  const again = ledger.filter(({ attempt }) => attempt > 1)
  const music = ledger.filter(({ subject }) => subject.startsWith('music')).length
  return [
    `ledger:  ${ledger.length} attempts (${music} of music), ${billed} billed, ${again.length} beyond the first, each with its reason`,
    ...columns(tallyReasons(again.map(({ reason }) => reason))),
    `double payments: ${doublePayments}`,
    ...(violations.length === 0
      ? ['violations: 0']
      : [`VIOLATIONS: ${violations.length}`, ...violations.map((one) => `  ${one}`)]),
  ]
}

function row({ planned, id, job, seconds }: Seen, ledger: Report['ledger']): string[] {
  const attempts = ledger.filter(({ jobId }) => jobId === id).length
  const wanted = planned.canceledAfter !== null ? ' (canceled)' : planned.fails ? ` (${planned.fails.of})` : ''
  const revised = job.revision ? `, ${job.revision.kind} ${job.revision.state}` : ''
  return [
    `${id}`,
    planned.model,
    `${planned.prompts.length}`,
    planned.music ? 'yes' : '–',
    `${job.status}${wanted}${revised}`,
    `${attempts}`,
    seconds.toFixed(0),
    [...new Set(planned.mishaps)].join(', ') || '–',
  ]
}

/** What struck, by kind. */
function faults(struck: Report['struck']): [string, number][] {
  const counts = new Map<string, number>()
  for (const { fault, struck: times } of struck) {
    const { kind, action, when, status, error } = fault
    const name = [kind === 'status' ? '' : kind, action ?? when ?? status ?? error].filter(Boolean).join(' ')
    if (times > 0) counts.set(name, (counts.get(name) ?? 0) + times)
  }
  return [...counts].toSorted(([, a], [, b]) => b - a)
}

function tallyReasons(reasons: string[]): string[][] {
  const counts = Map.groupBy(reasons, (reason) => reason.replace(/https?:\S+/g, '…').slice(0, 110))
  return [...counts]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([reason, all]) => [` ${all.length} ×`, reason])
}

export const tally = (counts: [string, number][]) =>
  counts.map(([name, count]) => `${name} ${count}`).join(', ') || 'none'

export function columns(rows: string[][]): string[] {
  const widths = rows.reduce<number[]>((most, cells) => cells.map((cell, n) => Math.max(cell.length, most[n] ?? 0)), [])
  return rows.map((cells) => `  ${cells.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join('  ')}`.trimEnd())
}
