/** What surrounds each activity: its log lines name the request, the run and the activity, and its trace goes on. */
import type { Context } from '@temporalio/activity'
import { defaultPayloadConverter, type Headers } from '@temporalio/common'
import type { ActivityInterceptors, ActivityInterceptorsFactory } from '@temporalio/worker'
import { type LogFields, withLogFields } from '../telemetry/log-fields.ts'
import { tracingNow } from '../telemetry/tracing.ts'
import { REQUEST_ID_HEADER } from '../workflows/contract.ts'

export function activityInterceptors(): ActivityInterceptorsFactory[] {
  const tracing = tracingNow()
  return tracing ? [tracing.activity, namedInLogs] : [namedInLogs]
}

const namedInLogs: ActivityInterceptorsFactory = ({ info }: Context): ActivityInterceptors => {
  let request: LogFields = {}
  return {
    inbound: {
      execute(input, next) {
        request = requestOf(input.headers)
        const { workflowId, runId } = info.workflowExecution ?? {}
        const { activityType, attempt: activityAttempt } = info
        const fields = { ...request, workflowId, runId, activityType, activityAttempt }
        return withLogFields(fields, () => next(input))
      },
    },
    // The SDK's own lines say the rest.
    outbound: { getLogAttributes: (attributes, next) => next({ ...attributes, ...request }) },
  }
}

function requestOf(headers: Headers): LogFields {
  const payload = headers[REQUEST_ID_HEADER]
  return payload ? { requestId: defaultPayloadConverter.fromPayload<string>(payload) } : {}
}
