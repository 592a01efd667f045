/** The log: JSON lines on standard error, so that standard output stays for people. */
import { isSpanContextValid, trace } from '@opentelemetry/api'
import { type DestinationStream, type Logger, pino } from 'pino'
import { logFields } from '../telemetry/log-fields.ts'

/**
 * @param level pino's, from LOG_LEVEL; "info" unless set
 * @param destination standard error unless given
 */
export function createLog(level: string | undefined, destination: DestinationStream = pino.destination(2)): Logger {
  const mixin = () => ({ ...logFields(), ...traceFields() })
  return pino({ level: level || 'info', base: { pid: process.pid }, mixin }, destination)
}

/** Under the names that OpenTelemetry has for them in logs; empty where nothing is traced. */
function traceFields(): { trace_id?: string; span_id?: string } {
  const span = trace.getActiveSpan()?.spanContext()
  return span && isSpanContextValid(span) ? { trace_id: span.traceId, span_id: span.spanId } : {}
}
