/** Fetches the bytes of assets that have only a URL, one after the other, and tells how far it is. */
import { continueAsNew, isCancellation, setHandler, sleep, workflowInfo } from '@temporalio/workflow'
import { light, media } from './activities.ts'
import { type BackfilledAsset, type BackfillInput, type BackfillProgress, backfillProgress } from './contract.ts'
import { reasonOf } from './failure.ts'

/** Ids asked for at once. */
const PAGE = 50
/** Reasons are carried from run to run, so their number is limited; the worker's log has them all. */
const KEPT_FAILURES = 300
/** Then the workflow continues as new: an asset is about six events. */
const MAX_EVENTS = 1_000

export async function backfill({ limit, sleepMs, soFar }: BackfillInput): Promise<BackfillProgress> {
  const progress = soFar ?? { total: 0, stored: 0, storedBytes: 0, failed: 0, failures: [], after: null }
  setHandler(backfillProgress, () => progress)
  const tried = () => progress.stored + progress.failed
  if (!soFar) {
    const missing = await light.countAssetsToBackfill()
    progress.total = Math.min(missing, limit ?? missing)
  }

  while (limit === null || tried() < limit) {
    const take = limit === null ? PAGE : Math.min(PAGE, limit - tried())
    const assetIds = await light.listAssetsToBackfill({ after: progress.after, take })
    if (assetIds.length === 0) break
    for (const assetId of assetIds) {
      if (tried() > 0 && sleepMs > 0) await sleep(sleepMs)
      const result = await tryAsset(assetId)
      progress.after = assetId
      if (result.outcome === 'stored') {
        progress.stored++
        progress.storedBytes += result.size
      } else {
        progress.failed++
        const { name, reason } = result
        if (progress.failures.length < KEPT_FAILURES) progress.failures.push({ assetId, name, reason })
      }
    }
    if (workflowInfo().historyLength > MAX_EVENTS) {
      await continueAsNew<typeof backfill>({ limit, sleepMs, soFar: progress })
    }
  }
  return progress
}

/** One asset that can't be had, for whatever reason, does not stop the others. */
async function tryAsset(assetId: string): Promise<BackfilledAsset> {
  try {
    return await media.backfillAsset({ assetId })
  } catch (error) {
    if (isCancellation(error)) throw error
    return { name: assetId, outcome: 'failed', reason: reasonOf(error) }
  }
}
