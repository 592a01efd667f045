/**
 * Our worker, which runs the baseline's workflow too, on the same queues. INSTANT_MEDIA=1 takes ffmpeg out of it,
 * CREATES_PER_SECOND is the limit of purchases over all workers.
 */

import { fileURLToPath } from 'node:url'
import { createActivities } from '../../activities/index.ts'
import { createStoryboardWriter } from '../../providers/storyboard-writer.ts'
import { loadConfig } from '../../runtime/environment.ts'
import { createLog } from '../../runtime/log.ts'
import { run } from '../../runtime/main.ts'
import { openParts } from '../../runtime/open-parts.ts'
import { untilSignal } from '../../runtime/shutdown.ts'
import { connectTemporal, readTemporalTarget } from '../../temporal/connect.ts'
import { createJobWorkflows } from '../../temporal/job-workflows.ts'
import { registerSearchAttributes } from '../../temporal/search-attributes.ts'
import { installRuntime, startWorkers } from '../../temporal/workers.ts'
import { bareActivities } from './bare-activities.ts'
import { instantMedia } from './instant-media.ts'

run(async () => {
  const log = createLog(process.env.LOG_LEVEL)
  installRuntime(log)
  const { namespace, ...target } = readTemporalTarget(process.env)
  const { connection, client } = await connectTemporal({ namespace, ...target })
  const parts = await openParts(loadConfig(), log)
  await registerSearchAttributes(client, log)
  const activities = createActivities({
    ...parts,
    media: process.env.INSTANT_MEDIA ? instantMedia(parts.media) : parts.media,
    workflows: createJobWorkflows(client, parts.db),
    storyboardWriter: createStoryboardWriter(parts.config.xai),
  })
  const workers = await startWorkers({
    connection,
    namespace,
    activities: { ...activities, ...bareActivities },
    workflowsPath: fileURLToPath(new URL('workflows.ts', import.meta.url)),
    createsPerSecond: Number(process.env.CREATES_PER_SECOND) || undefined,
  })
  console.log('The worker of the benchmark is ready .')
  await Promise.race([untilSignal(), workers.done])
  await workers.stop()
  await connection.close()
  await parts.close()
})
