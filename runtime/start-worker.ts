/** The worker half of a process: workflows and activities, until stopped. */
import type { Client } from '@temporalio/client'
import type { NativeConnection } from '@temporalio/worker'
import { createActivities } from '../activities/index.ts'
import { installationId } from '../prisma/queries/installation.ts'
import { createStoryboardWriter } from '../providers/storyboard-writer.ts'
import { createJobWorkflows } from '../temporal/job-workflows.ts'
import { ensureSchedules } from '../temporal/schedules.ts'
import { registerSearchAttributes } from '../temporal/search-attributes.ts'
import { startWorkers, type Workers } from '../temporal/workers.ts'
import type { Parts } from './open-parts.ts'

/** @param workflowsPath other workflow code than ours, such as yesterday's */
export async function startWorker(
  parts: Parts,
  { connection, client, namespace }: { connection: NativeConnection; client: Client; namespace: string },
  workflowsPath?: string,
): Promise<Workers> {
  await registerSearchAttributes(client, parts.log)
  await ensureSchedules(client, await installationId(parts.db))
  const activities = createActivities({
    ...parts,
    workflows: createJobWorkflows(client, parts.db),
    storyboardWriter: createStoryboardWriter(parts.config.xai),
  })
  return startWorkers({ connection, namespace, activities, workflowsPath })
}
