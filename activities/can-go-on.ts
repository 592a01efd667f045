import type { Prediction } from '../prisma/queries/jobs.ts'

/** The provider keeps outputs for an hour. */
const OUTPUT_KEPT_MS = 55 * 60_000

/** Whether an attempt costs nothing more although nothing of it is stored: it was never bought, runs, or can be fetched. */
export function canGoOn({ state, finishedAt, failure }: Prediction): boolean {
  if (state === 'refused' || state === 'intent' || state === 'submitted') return true
  return state === 'succeeded' && !failure && Date.now() - (finishedAt?.getTime() ?? 0) < OUTPUT_KEPT_MS
}
