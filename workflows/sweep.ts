/** What a crash left undone between a row and its workflow, and what nothing names any more; each run by a schedule. */
import { light, media } from './activities.ts'
import type { SweepReport, TidyReport } from './contract.ts'

export async function sweep(): Promise<SweepReport> {
  return light.sweepJobs()
}

export async function tidy(): Promise<TidyReport> {
  return media.tidyStore()
}
