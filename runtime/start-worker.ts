/** The worker half of a process: workflows and activities, or those of some queues, until stopped. */
import type { Client } from '@temporalio/client'
import type { NativeConnection } from '@temporalio/worker'
import { createActivities } from '../activities/index.ts'
import { installationId } from '../prisma/queries/installation.ts'
import { createStoryboardWriter, orTemplate } from '../providers/storyboard-writer.ts'
import { watchWriter } from '../telemetry/watch-provider.ts'
import { createJobWorkflows } from '../temporal/job-workflows.ts'
import { ALL_QUEUES, type TaskQueue } from '../temporal/queues.ts'
import { ensureSchedules } from '../temporal/schedules.ts'
import { registerSearchAttributes } from '../temporal/search-attributes.ts'
import { startWorkers, type Workers } from '../temporal/workers.ts'
import { TASK_QUEUES } from '../workflows/contract.ts'
import type { Parts } from './open-parts.ts'

/** @param options `queues`: all unless given; `workflowsPath`: other workflow code than ours, such as yesterday's */
export async function startWorker(
  parts: Parts,
  { connection, client, namespace }: { connection: NativeConnection; client: Client; namespace: string },
  { queues = ALL_QUEUES, workflowsPath }: { queues?: readonly TaskQueue[]; workflowsPath?: string } = {},
): Promise<Workers> {
  if (queues.includes(TASK_QUEUES.main)) {
    await registerSearchAttributes(client, parts.log)
    await ensureSchedules(client, await installationId(parts.db))
  }
  const { xai } = parts.config
  const activities = createActivities({
    ...parts,
    workflows: createJobWorkflows(client, parts.db),
    storyboardWriter: orTemplate(watchWriter(createStoryboardWriter(xai), xai.model, parts.figures)),
  })
  const { payloadCodecs } = client.options.loadedDataConverter
  return startWorkers({ connection, namespace, activities, queues, payloadCodecs, workflowsPath })
}
