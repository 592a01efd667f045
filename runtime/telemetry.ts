/** What a process tells of itself: traces, where they are asked for, and the figures of Temporal's SDK. */
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import type { Figures } from '../telemetry/figures.ts'
import { startTracing } from '../telemetry/tracing.ts'
import { freePort } from '../temporal/ports.ts'
import { installRuntime } from '../temporal/workers.ts'
import { serveWorkerMetrics, type WorkerMetrics } from './worker-metrics.ts'

export interface Telemetry {
  /** Serves them to Prometheus, with the SDK's own, where the configuration says so. */
  serveFigures(figures: Figures): Promise<void>
  /** Sends the spans that are still here; at last. */
  stop(): Promise<void>
}

/** Call it once, before anything connects. */
export async function startTelemetry(
  config: Pick<Config, 'tracing' | 'workerMetrics'>,
  log: Logger,
): Promise<Telemetry> {
  const { workerMetrics } = config
  // The SDK serves its figures by itself, and by itself alone: on this machine, for us to hand on.
  const address = workerMetrics ? `127.0.0.1:${await freePort(0)}` : undefined
  installRuntime(log, address)
  let served: WorkerMetrics | null = null
  const tracing = config.tracing
    ? await startTracing(config.tracing.protocol, (problem) => log.warn({ problem }, 'traces could not be exported'))
    : null
  return {
    async serveFigures(figures) {
      if (workerMetrics) served = await serveWorkerMetrics(workerMetrics, figures, `http://${address}/metrics`)
    },
    async stop() {
      await served?.close()
      await tracing?.stop()
    },
  }
}
