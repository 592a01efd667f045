/**
 * The spans of a workflow, bundled with it only where tracing is on. What a decision or a wish sets going belongs to the
 * trace of the request that brought it, not to that of the job's creation, which may be days old; the two are linked.
 */
import { type Context, context, trace } from '@opentelemetry/api'
import {
  OpenTelemetryInboundInterceptor,
  OpenTelemetryInternalsInterceptor,
  OpenTelemetryOutboundInterceptor,
} from '@temporalio/interceptors-opentelemetry/lib/workflow/index.js'
import type { WorkflowInterceptorsFactory } from '@temporalio/workflow'
import { approve, reject, revise } from './contract.ts'

const SETS_GOING: string[] = [approve.name, reject.name, revise.name]

export const interceptors: WorkflowInterceptorsFactory = () => {
  let created: Context | undefined
  let setGoing: Context | undefined
  const within = <T>(work: () => T): T => (setGoing ? context.with(setGoing, work) : work())
  return {
    inbound: [
      new OpenTelemetryInboundInterceptor(),
      {
        execute(input, next) {
          created = context.active()
          return next(input)
        },
        handleSignal(input, next) {
          if (SETS_GOING.includes(input.signalName)) {
            setGoing = context.active()
            const creation = created && trace.getSpanContext(created)
            if (creation) trace.getSpan(setGoing)?.addLink({ context: creation })
          }
          return next(input)
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) => within(() => next(input)),
        scheduleLocalActivity: (input, next) => within(() => next(input)),
      },
      new OpenTelemetryOutboundInterceptor(),
    ],
    internals: [new OpenTelemetryInternalsInterceptor()],
  }
}
