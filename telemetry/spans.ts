/** Spans of our own making; they cost next to nothing while nothing is traced. */
import { type Attributes, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'

const tracer = () => trace.getTracer('greenlight')

/**
 * Does the work within a span, which ends with it.
 * @param kind `client` for a call to somebody else's server
 */
export function inSpan<T>(
  name: string,
  { kind, attributes }: { kind?: 'client'; attributes: Attributes },
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const options = { kind: kind ? SpanKind.CLIENT : SpanKind.INTERNAL, attributes }
  return tracer().startActiveSpan(name, options, async (span) => {
    try {
      return await work(span)
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) })
      throw error
    } finally {
      span.end()
    }
  })
}

/** Tells of something that another process did, within the span that is active here. Milliseconds since 1970. */
export function pastSpan(
  name: string,
  { began, ended, problem, attributes }: { began: number; ended: number; problem?: string; attributes: Attributes },
): void {
  const span = tracer().startSpan(name, { startTime: began, attributes })
  if (problem !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: problem })
  span.end(ended)
}
