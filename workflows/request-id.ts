/**
 * Hands the id of the request that started the workflow, or last told it something, on to its activities, for their log
 * lines. It travels in headers, which no decision depends on and no history is replayed against.
 */
import type { Headers, Payload } from '@temporalio/common'
import type { WorkflowInterceptorsFactory } from '@temporalio/workflow'
import { REQUEST_ID_HEADER } from './contract.ts'

export const interceptors: WorkflowInterceptorsFactory = () => {
  let requestId: Payload | undefined
  const heard = (headers: Headers) => {
    requestId = headers[REQUEST_ID_HEADER] ?? requestId
  }
  const handedOn = (headers: Headers): Headers => (requestId ? { ...headers, [REQUEST_ID_HEADER]: requestId } : headers)
  return {
    inbound: [
      {
        execute(input, next) {
          heard(input.headers)
          return next(input)
        },
        handleSignal(input, next) {
          heard(input.headers)
          return next(input)
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) => next({ ...input, headers: handedOn(input.headers) }),
        scheduleLocalActivity: (input, next) => next({ ...input, headers: handedOn(input.headers) }),
      },
    ],
  }
}
