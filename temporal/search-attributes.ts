/** What operators find jobs by in Temporal's UI: `GreenlightStage = "failed" AND GreenlightClient = "…"`. */
import { type Client, isGrpcServiceError } from '@temporalio/client'
import { TypedSearchAttributes } from '@temporalio/common'
import { encodeSearchAttributeIndexedValueType } from '@temporalio/common/lib/search-attributes.js'
import type { Logger } from 'pino'
import { SEARCH_ATTRIBUTES } from '../workflows/contract.ts'

const ALREADY_EXISTS = 6
const INVALID_ARGUMENT = 3
const DEADLINE_MS = 10_000

/** Registers them in the namespace. Where that is not allowed jobs run without them, and this says how an operator adds them. */
export async function registerSearchAttributes(client: Client, log: Logger): Promise<void> {
  const { namespace } = client.options
  for (const { name, type } of Object.values(SEARCH_ATTRIBUTES)) {
    const searchAttributes = { [name]: encodeSearchAttributeIndexedValueType(type) ?? 0 }
    try {
      await client.withDeadline(Date.now() + DEADLINE_MS, () =>
        client.connection.operatorService.addSearchAttributes({ namespace, searchAttributes }),
      )
    } catch (error) {
      if (isGrpcServiceError(error) && error.code === ALREADY_EXISTS) continue
      log.warn(
        { err: error, namespace },
        `the search attribute ${name} (${type}) could not be registered: add it to the namespace, or jobs are not found by it`,
      )
      return
    }
  }
}

/** What is known of a job when its workflow is started. */
export function searchAttributesOf(job: { id: number; campaignId: string; clientId: string; stage: string }) {
  const { job: id, campaign, client, stage } = SEARCH_ATTRIBUTES
  return new TypedSearchAttributes([
    { key: id, value: job.id },
    { key: campaign, value: job.campaignId },
    { key: client, value: job.clientId },
    { key: stage, value: job.stage },
  ])
}

/** Whether a start was refused because the namespace does not know the attributes. */
export function areAttributesUnknown(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (!isGrpcServiceError(cause)) continue
    // A worker's connection says it in the message, a client's in the details.
    return cause.code === INVALID_ARGUMENT && /search attribute/i.test(`${cause.details} ${cause.message}`)
  }
  return false
}
