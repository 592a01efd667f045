/** What the bare workflow runs in place of our activities. */
import { ApplicationFailure } from '@temporalio/common'
import { POLL_SECONDS } from './poll-seconds.ts'

export const bareActivities = {
  /** @returns when it began, milliseconds since 1970 */
  bareStep: async (): Promise<number> => Date.now(),

  /** Looks as awaitPrediction does: as long as it runs, again by the server's timer. @param ends milliseconds since 1970 */
  async bareLook(ends: number): Promise<void> {
    if (Date.now() >= ends) return
    throw ApplicationFailure.create({ nextRetryDelay: POLL_SECONDS * 1000, category: 'BENIGN' })
  },
}

export type BareActivities = typeof bareActivities
