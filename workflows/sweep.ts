/** What a crash left undone between a row and its workflow; run by a schedule. */
import { light } from './activities.ts'

export async function sweep(): Promise<void> {
  await light.sweepJobs()
}
