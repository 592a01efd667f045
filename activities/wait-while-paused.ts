/** Keeps purchases from being made while an operator has paused spending. */
import { spendingPauseNow } from '../prisma/queries/spending.ts'
import { FAILURES } from '../workflows/contract.ts'
import type { ActivityDeps } from './deps.ts'
import { tryAgainIn } from './failures.ts'

/** How soon a purchase notices that spending was resumed. */
const LOOK_EVERY_SECONDS = 5

/**
 * What was bought before the pause goes on; what was not waits here, however long; the server keeps the time.
 * @throws ApplicationFailure to be tried again while spending is paused
 */
export async function waitWhilePaused({ db }: ActivityDeps): Promise<void> {
  const pause = await spendingPauseNow(db)
  if (!pause) return
  const reason = pause.reason ? `: ${pause.reason}` : ''
  throw tryAgainIn(LOOK_EVERY_SECONDS, FAILURES.spendingPaused, `Spending is paused by ${pause.by}${reason}.`)
}
