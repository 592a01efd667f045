/**
 * Whether this process traces. What makes spans asks OpenTelemetry's API for a tracer, which hands out one that does
 * nothing while tracing is off; what has to be put in place for it is here.
 */

import type { WorkflowClientInterceptor } from '@temporalio/client'
import type { ActivityInterceptorsFactory, WorkerOptions } from '@temporalio/worker'
import type { MiddlewareHandler } from 'hono'

export interface Tracing {
  /** Of a server: a span for each request. */
  http: MiddlewareHandler
  /** Of a client: the trace goes along with starts and signals. */
  client: WorkflowClientInterceptor
  /** Of a worker: the trace goes on in activities. */
  activity: ActivityInterceptorsFactory
  /** Of a worker: takes the spans that are made in the sandbox of a workflow. */
  sinks: NonNullable<WorkerOptions['sinks']>
  /** Sends what is still here, for a few seconds at most. */
  stop(): Promise<void>
}

let running: Tracing | null = null

/** Null while nothing is traced. There is one tracer provider in a process, so this is known to all of it. */
export function tracingNow(): Tracing | null {
  return running
}

/** Call it before anything connects. What it takes is loaded only now: 9 MB that most processes can do without. */
export async function startTracing(
  protocol: 'http/protobuf' | 'http/json',
  warn: (problem: string) => void,
): Promise<Tracing> {
  const { createTracing } = await import('./create-tracing.ts')
  running = createTracing(protocol, warn)
  return running
}
