/** What a run on a cluster prints: its jobs are all alike, so they are told together. */
import { percentile } from '../../bench/percentile.ts'
import type { Traffic } from './balancer.ts'
import { columns, endOfTable, type Report, tally } from './table.ts'

export function clusterTable(report: Report): string {
  const { plan, killed, seen, films, traffic, seconds } = report
  const kills = [...killed.values()].reduce((sum, count) => sum + count, 0)
  const completed = seen.filter(({ job }) => job.status === 'completed').length
  const took = seen.map((job) => job.seconds)
  const rows = [
    [
      'jobs',
      `${completed} of ${plan.jobs} completed, ${plan.scenes} scenes each; ${films} films looked at frame by frame`,
    ],
    ['a job, creation to end', `median ${at(took, 0.5)} s, 95 % within ${at(took, 0.95)} s, at most ${at(took, 1)} s`],
    ['kill -9', tally([...killed])],
    ...(traffic ? trafficRows(traffic) : []),
  ]
  return [
    `Seed ${plan.seed}, two servers and two workers: ${kills} kills in ${seconds.toFixed(0)} s`,
    ...columns(rows),
    ...endOfTable(report),
  ].join('\n')
}

function trafficRows({ answers, times, failures, ...counts }: Traffic): string[][] {
  const statuses = [...answers].toSorted(([a], [b]) => a - b).map(([status, count]) => `${count} × ${status}`)
  return [
    ['answers', statuses.join(', ')],
    ['an answer took', `median ${at(times, 0.5)} ms, 99 % within ${at(times, 0.99)} ms`],
    ['503 with Retry-After', `${counts.unavailable}`],
    ['409 with Retry-After', `${counts.underWay}, to repeats of a request whose server had died over it`],
    [
      'taken by the other server',
      `${counts.refused} after a refused connection, ${counts.repeated} after a broken one`,
    ],
    ['webhooks that broke off', `${counts.webhooksCut}, which the provider sends again`],
    ['askers killed over a request', `${counts.left}`],
    ['any other failure', `${failures.length}`],
  ]
}

const at = (values: number[], share: number) => percentile(values, share).toFixed(0)
