/** One webhook, until it is taken or given up after three days; each try is one attempt of the activity. */
import { delivering } from './activities.ts'
import type { DeliveryRef } from './contract.ts'

/** @throws ActivityFailure whose cause says what the receiver answered last, so that operators find it in the UI */
export async function deliverWebhook({ deliveryId }: DeliveryRef): Promise<string> {
  return delivering.deliverWebhook({ deliveryId })
}
