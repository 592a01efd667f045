/** Purchases that a restored ledger has lost: made after its backup was taken, by the installation that it was taken of. */
import type { Database } from '../prisma/client.ts'
import type { Job } from '../prisma/queries/jobs.ts'
import type { LedgerKey, PostClaim } from '../prisma/queries/ledger.ts'
import { isPaidAgainSince } from '../prisma/queries/resolutions.ts'
import { listRestores, type Restore } from '../prisma/queries/restores.ts'
import { ProviderError, type ProviderPrediction } from '../providers/ports.ts'
import { carriesToken, isMarked } from '../providers/purchase-token.ts'
import { FAILURES } from '../workflows/contract.ts'
import type { ActivityDeps } from './deps.ts'
import { tryAgainIn, tryOnceMended } from './failures.ts'
import { isSameOrder } from './same-order.ts'

/** The provider's clock and ours may differ by this. */
const CLOCK_SKEW_MS = 2 * 60_000
/** Whoever decides to buy so long after a restore decides anew: the provider's list is not read back any further. */
const LOOKED_FOR_MS = 7 * 24 * 60 * 60_000

/**
 * `found`: it was bought; `none`: it was not; `other`: with another storyboard, under the token that it would have now;
 * `unknown`: there are purchases whose input the provider has forgotten, or that carry no token or one that can't be made
 * anew, it may be one of them, and nobody has decided since that it is paid for again.
 */
export type Lost = { kind: 'found'; prediction: ProviderPrediction } | { kind: 'none' | 'other' | 'unknown' }

type Deps = Pick<ActivityDeps, 'config' | 'db' | 'log' | 'provider'>

/**
 * Looks for a purchase that is about to be made in the provider's list. Nothing is asked for jobs from after a restore.
 * @throws ApplicationFailure to be tried again, when a POST from before may still arrive, or the list can't be read
 */
export async function findLost(
  deps: Deps,
  job: Pick<Job, 'insertedAt'>,
  key: LedgerKey,
  { token, request }: Pick<PostClaim, 'token' | 'request'>,
): Promise<Lost> {
  const restores = await listRestores(deps.db)
  const newest = restores.at(-1)
  if (!newest || newest.at <= job.insertedAt) return { kind: 'none' }
  const since = job.insertedAt.getTime() - CLOCK_SKEW_MS
  const bought = (await boughtInGaps(deps, restores)).filter(({ createdAt }) => createdAt.getTime() >= since)
  const mine = await unaccounted(
    deps.db,
    bought.filter(({ input }) => carriesToken(input, token)),
  )
  const same = mine.find(({ input }) => isSameOrder(input, request.input))
  if (same) {
    deps.log.warn({ providerId: same.id }, 'adopted a prediction that was bought after the backup')
    return { kind: 'found', prediction: same }
  }
  const tokensAreLost = restores.some((restore) => restore.tokensAreLost && restore.at > job.insertedAt)
  const nameless = bought.filter(
    ({ input }) => (tokensAreLost || !isMarked(input)) && (isForgotten(input) || isSameOrder(input, request.input)),
  )
  const isUnknown = (await unaccounted(deps.db, nameless)).length > 0
  if (isUnknown && !(await isPaidAgainSince(deps.db, key, newest.at))) return { kind: 'unknown' }
  return { kind: mine.length > 0 ? 'other' : 'none' }
}

const read = new WeakMap<Restore[], Promise<ProviderPrediction[]>>()

/** What the provider says was bought after a backup and before the restore, oldest first; read once, while it has the inputs. */
async function boughtInGaps(deps: Deps, restores: Restore[]): Promise<ProviderPrediction[]> {
  const settleMs = deps.config.predictions.settleSeconds * 1000
  const recent = restores.filter(({ at }) => Date.now() - at.getTime() < LOOKED_FOR_MS)
  if (recent.length === 0) return []
  const quietAt = Math.max(...recent.map(({ at }) => at.getTime())) + settleMs
  if (Date.now() < quietAt) {
    const wait = (quietAt - Date.now()) / 1000
    throw tryAgainIn(wait, FAILURES.outcomePending, 'A POST from before the restore may still be under way.')
  }
  let list = read.get(restores)
  if (!list) {
    list = readGaps(deps, recent, settleMs)
    list.catch(() => read.delete(restores))
    read.set(restores, list)
  }
  return list
}

async function readGaps({ db, log, provider }: Deps, restores: Restore[], settleMs: number) {
  const gaps = restores.map(({ asOf, at }) => ({
    from: asOf.getTime() - CLOCK_SKEW_MS,
    to: at.getTime() + settleMs + CLOCK_SKEW_MS,
  }))
  const found: ProviderPrediction[] = []
  try {
    for await (const prediction of provider.list(new Date(Math.min(...gaps.map(({ from }) => from))))) {
      const createdAt = prediction.createdAt.getTime()
      if (gaps.some(({ from, to }) => from <= createdAt && createdAt <= to)) found.push(prediction)
    }
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error
    log.warn({ err: error }, 'what was bought after the backup could not be looked for')
    throw tryOnceMended(error.failure)
  }
  const lost = await unaccounted(db, found)
  log.warn({ lost: lost.map(({ id }) => id) }, 'read what was bought after the backup and is not in the ledger')
  return lost.reverse()
}

/** How many ids a statement asks for: both databases take more. */
const IDS_AT_ONCE = 5_000

/** Those that no row of the ledger names. */
async function unaccounted(db: Database, predictions: ProviderPrediction[]): Promise<ProviderPrediction[]> {
  const named = new Set<string | null>()
  for (let start = 0; start < predictions.length; start += IDS_AT_ONCE) {
    const ids = predictions.slice(start, start + IDS_AT_ONCE).map(({ id }) => id)
    const rows = await db.prediction.findMany({ where: { providerId: { in: ids } }, select: { providerId: true } })
    for (const { providerId } of rows) named.add(providerId)
  }
  return predictions.filter(({ id }) => !named.has(id))
}

const isForgotten = (input: Record<string, unknown>) => Object.keys(input).length === 0
