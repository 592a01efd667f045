/** What an activity that waits for its next try said in its last failure about whom it waits for (activities/failures.ts). */
import type { Client } from '@temporalio/client'
import { decodeOptionalSinglePayload } from '@temporalio/common/lib/internal-non-workflow/index.js'

type Description = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['describe']>>
export type RawActivity = NonNullable<Description['raw']['pendingActivities']>[number]

/** @returns undefined when it said nothing */
export function failureDetail(client: Client, { lastFailure }: RawActivity): Promise<unknown> {
  const [payload] = lastFailure?.applicationFailureInfo?.details?.payloads ?? []
  return decodeOptionalSinglePayload(client.options.loadedDataConverter, payload)
}
