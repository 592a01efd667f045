/** What goes along with each start and signal: the id of the request that asks for it, and its trace where there is one. */
import type { ClientInterceptors, WorkflowClientInterceptor } from '@temporalio/client'
import { defaultPayloadConverter, type Headers } from '@temporalio/common'
import { logFields } from '../telemetry/log-fields.ts'
import { tracingNow } from '../telemetry/tracing.ts'
import { predictionChanged, REQUEST_ID_HEADER } from '../workflows/contract.ts'

/** Call it after tracing has begun, where it has. */
export function clientInterceptors(): ClientInterceptors {
  const tracing = tracingNow()
  return { workflow: tracing ? [tracing.client, sendsRequestId] : [sendsRequestId] }
}

const sendsRequestId: WorkflowClientInterceptor = {
  startWithDetails: (input, next) => next({ ...input, headers: withRequestId(input.headers) }),
  signalWithStart: (input, next) => next({ ...input, headers: withRequestId(input.headers) }),
  // A hint of the provider's begins nothing: what is done comes from the request before it.
  signal: (input, next) =>
    next(input.signalName === predictionChanged.name ? input : { ...input, headers: withRequestId(input.headers) }),
}

function withRequestId(headers: Headers): Headers {
  const { requestId } = logFields()
  return requestId ? { ...headers, [REQUEST_ID_HEADER]: defaultPayloadConverter.toPayload(requestId) } : headers
}
