/** What `/metrics` tells: of this process, and of all jobs as the rows have them. */
import type { Context, MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import { Gauge, Histogram, Registry } from 'prom-client'
import { usageOf } from '../../prisma/queries/budgets.ts'
import { countDeliveries, countJobs, countLedger } from '../../prisma/queries/counts.ts'
import { processFigures } from '../../telemetry/process-figures.ts'
import type { ApiDeps } from '../deps.ts'
import type { EventFeed } from '../events/event-feed.ts'
import type { ApiEnv } from '../router.ts'

export interface Measures {
  /** Times requests until their answer begins. */
  time: MiddlewareHandler<ApiEnv>
  /** Everything, in Prometheus' text form. */
  text(): Promise<string>
  contentType: string
}

export function createMeasures({
  config,
  db,
  feed,
  workflows,
  figures,
}: Pick<ApiDeps, 'config' | 'db' | 'workflows' | 'figures'> & { feed: EventFeed }): Measures {
  const registers = [new Registry()]
  const requests = new Histogram({
    name: 'greenlight_http_request_duration_seconds',
    help: 'From a request to the begin of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 15, 60],
    registers,
  })
  new Gauge({
    name: 'greenlight_event_streams',
    help: 'Open streams of server-sent events on this server',
    registers,
    collect() {
      this.set(feed.size())
    },
  })
  counted('greenlight_jobs', 'Jobs by status, deleted ones left out', ['status'], () => countJobs(db))
  counted('greenlight_webhook_deliveries', 'Outgoing webhooks by state', ['state'], () => countDeliveries(db))
  const ledger = together(() => countLedger(db))
  counted(
    'greenlight_predictions',
    'Predictions in the ledger',
    ['state', 'model'],
    async () => (await ledger()).predictions,
  )
  const spent = 'US dollars that predictions cost, as far as the ledger knows'
  counted('greenlight_spend_usd', spent, ['model'], async () => {
    const rows = (await ledger()).spent
    return rows.map(({ model, microUsd }) => ({ model, count: microUsd / 1e6 }))
  })
  const today = 'US dollars since midnight UTC: spent, approved and not spent yet, and the budget where there is one'
  counted('greenlight_today_usd', today, ['part'], async () => {
    const { spentMicroUsd, committedMicroUsd } = await usageOf(db, 'day', {})
    const { dayMicroUsd } = config.budgets
    return [
      { part: 'spent', count: spentMicroUsd / 1e6 },
      { part: 'committed', count: committedMicroUsd / 1e6 },
      ...(dayMicroUsd === null ? [] : [{ part: 'budget', count: dayMicroUsd / 1e6 }]),
    ]
  })
  const workers = 'Workers that ask a task queue for work; where there are none, its work stands still'
  counted('greenlight_queue_workers', workers, ['queue'], async () => {
    try {
      return await workflows.workersByQueue()
    } catch {
      // While Temporal is away nothing is known of workers; the other figures are.
      return []
    }
  })

  function counted(
    name: string,
    help: string,
    labelNames: string[],
    read: () => Promise<({ count: number } & Record<string, unknown>)[]>,
  ) {
    return new Gauge({
      name,
      help,
      labelNames,
      registers,
      async collect() {
        const rows = await read()
        this.reset()
        for (const { count, ...row } of rows) {
          this.set(Object.fromEntries(labelNames.map((label) => [label, String(row[label])])), count)
        }
      },
    })
  }

  return {
    contentType: Registry.PROMETHEUS_CONTENT_TYPE,
    async time(c, next) {
      // It is run for another request, which is the one that counts.
      if (c.env?.repeat) return next()
      const began = performance.now()
      await next()
      const seconds = (performance.now() - began) / 1000
      requests.observe({ method: c.req.method, route: routeOf(c), status: String(c.res.status) }, seconds)
    },
    async text() {
      return Registry.merge([processFigures(), figures.registry, ...registers]).metrics()
    },
  }
}

/** All who ask while it is read, as the gauges of a scrape do, get the same. */
function together<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | null = null
  return () => {
    reading ??= read().finally(() => {
      reading = null
    })
    return reading
  }
}

/** The pattern and not the path, or every job would be a series of its own. */
function routeOf(c: Context<ApiEnv>): string {
  const pattern = routePath(c, -1)
  return pattern.endsWith('*') ? 'none' : pattern
}
