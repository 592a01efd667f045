/** Keeps installations that share a Temporal namespace from working on each other's rows. */
import { Context } from '@temporalio/activity'
import type { Database } from '../prisma/client.ts'
import { installationId } from '../prisma/queries/installation.ts'
import { tryAgainIn } from './failures.ts'

/**
 * Every workflow id of ours has the installation's id in it; inputs have job ids, which other installations have too.
 * @throws ApplicationFailure to be tried again, by a worker of the installation that the workflow belongs to
 */
export async function assertOwnWorkflow(db: Database): Promise<void> {
  const { workflowId } = Context.current().info.workflowExecution ?? {}
  const installation = await installationId(db)
  if (workflowId?.includes(installation)) return
  throw tryAgainIn(
    1,
    'OtherInstallation',
    `${workflowId} belongs to another installation than this worker's (${installation}): give each its own namespace.`,
  )
}
