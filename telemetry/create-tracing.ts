/** OpenTelemetry, put together: loaded only where it is wanted (tracing.ts). */
import { httpInstrumentationMiddleware } from '@hono/otel'
import { DiagLogLevel, diag } from '@opentelemetry/api'
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { detectResourcesSync, envDetectorSync, Resource } from '@opentelemetry/resources'
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import { ATTR_SERVICE_NAME } from '@opentelemetry/semantic-conventions'
import {
  makeWorkflowExporter,
  OpenTelemetryActivityInboundInterceptor,
  OpenTelemetryActivityOutboundInterceptor,
  OpenTelemetryWorkflowClientInterceptor,
} from '@temporalio/interceptors-opentelemetry'
import { routePath } from 'hono/route'
import type { Tracing } from './tracing.ts'

/** A collector that is away must not keep a process from ending. */
const STOP_WITHIN_MS = 5_000
const SAY_AGAIN_AFTER_MS = 60_000

/**
 * Where to, under which name and how many traces, OpenTelemetry reads from its own variables.
 * @param protocol of OTEL_EXPORTER_OTLP_PROTOCOL
 * @param warn is told what goes wrong with exporting, once a minute
 */
export function createTracing(protocol: 'http/protobuf' | 'http/json', warn: (problem: string) => void): Tracing {
  diag.setLogger(seldom(warn), DiagLogLevel.WARN)
  const resource = Resource.default()
    .merge(new Resource({ [ATTR_SERVICE_NAME]: 'greenlight' }))
    .merge(detectResourcesSync({ detectors: [envDetectorSync] }))
  const processor = new BatchSpanProcessor(protocol === 'http/json' ? new JsonExporter() : new ProtobufExporter())
  const provider = new NodeTracerProvider({ resource, spanProcessors: [processor] })
  provider.register()
  return {
    http: httpInstrumentationMiddleware({
      captureActiveRequests: false,
      spanNameFactory: (c) => `${c.req.method} ${routePath(c, -1)}`,
    }),
    client: new OpenTelemetryWorkflowClientInterceptor(),
    activity: (context) => ({
      inbound: new OpenTelemetryActivityInboundInterceptor(context),
      outbound: new OpenTelemetryActivityOutboundInterceptor(context),
    }),
    sinks: { exporter: makeWorkflowExporter(processor, resource) },
    async stop() {
      const late = new Promise((resolve) => setTimeout(resolve, STOP_WITHIN_MS).unref())
      await Promise.race([provider.shutdown().catch(() => {}), late])
    },
  }
}

function seldom(warn: (problem: string) => void) {
  let saidAt = Number.NEGATIVE_INFINITY
  const say = (problem: string) => {
    if (performance.now() - saidAt < SAY_AGAIN_AFTER_MS) return
    saidAt = performance.now()
    warn(problem)
  }
  const nothing = () => {}
  return { error: say, warn: say, info: nothing, debug: nothing, verbose: nothing }
}
