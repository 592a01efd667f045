/** For rows that were restored by other means. */
import type { Config } from '../../config.ts'
import { openDatabase } from '../../prisma/client.ts'
import { recordRestore } from '../../prisma/queries/restores.ts'

/**
 * @param asOf the time of their backup, or the one that the database was recovered to
 * @throws Error in one sentence when that is no time, or one to come
 */
export async function noteRestored(
  { database }: Pick<Config, 'database'>,
  asOf: string,
  say: (line: string) => void,
): Promise<void> {
  const restore = { asOf: new Date(asOf), at: new Date() }
  if (!/^\d{4}-\d\d-\d\dT.+(Z|[+-]\d\d:?\d\d)$/.test(asOf) || !(restore.asOf < restore.at)) {
    throw new Error('--as-of is a time in the past, with its zone, such as 2026-11-26T03:00:00Z.')
  }
  const db = await openDatabase(database)
  try {
    const { installation, before, tokensAreLost } = await recordRestore(db, restore, true)
    say(
      `These rows are now the installation ${installation}, and were ${before}: end what Temporal still runs of that one.`,
    )
    say('Jobs that were under way get new runs, within three minutes of the start.')
    sayWhatIsLookedFor(tokensAreLost, say)
  } finally {
    await db.$disconnect()
  }
}

/** @param tokensAreLost whether the rows are from before the secret of purchase tokens was drawn */
export function sayWhatIsLookedFor(tokensAreLost: boolean, say: (line: string) => void): void {
  say('What was bought since is looked for at the provider before anything is bought.')
  if (tokensAreLost) {
    say('These rows have no secret of purchase tokens: what may have been bought already, an operator decides about.')
  }
}
