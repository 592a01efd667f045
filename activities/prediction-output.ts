/** Where a prediction's output is. */
import { ApplicationFailure } from '@temporalio/common'
import type { Database } from '../prisma/client.ts'
import { FAILURES } from '../workflows/contract.ts'

/** @throws ApplicationFailure when it has none */
export async function outputOf(db: Database, predictionId: string): Promise<string> {
  const { outputUrl } = await db.prediction.findUniqueOrThrow({ where: { id: predictionId } })
  if (outputUrl) return outputUrl
  throw ApplicationFailure.nonRetryable(
    'The prediction succeeded but its output is gone: providers keep outputs for an hour.',
    FAILURES.predictionFailed,
  )
}
