/**
 * A worker alone: `npm run worker`. It runs workflows and activities, or what `--queues greenlight-media,greenlight-poll`
 * names of them, until it is asked to end.
 */
import { loadConfig } from './runtime/environment.ts'
import { createLog } from './runtime/log.ts'
import { run } from './runtime/main.ts'
import { openParts } from './runtime/open-parts.ts'
import { untilSignal } from './runtime/shutdown.ts'
import { startWorker } from './runtime/start-worker.ts'
import { startTelemetry } from './runtime/telemetry.ts'
import { connectTemporal, readTemporalTarget } from './temporal/connect.ts'
import { readQueues } from './temporal/queues.ts'

run(async () => {
  const queues = readQueues(process.argv.slice(2))
  const config = loadConfig()
  const log = createLog(process.env.LOG_LEVEL)
  const telemetry = await startTelemetry(config, log)
  const target = readTemporalTarget(process.env)
  const temporal = await connectTemporal(target)
  const parts = await openParts(config, log)
  await telemetry.serveFigures(parts.figures)
  const workers = await startWorker(parts, { ...temporal, namespace: target.namespace }, { queues })
  console.log(
    `Greenlight's worker is ready for ${queues.join(', ')} (Temporal: ${target.address}, namespace ${target.namespace}).`,
  )
  await Promise.race([untilSignal(), workers.done])
  await workers.stop()
  await temporal.connection.close()
  await parts.close()
  await telemetry.stop()
})
