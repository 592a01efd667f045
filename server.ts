/** The API alone: `npm run server`. It serves while Temporal is away; what it owes to workflows is then swept. */
import { createApp } from './api/app.ts'
import { listen } from './api/listen.ts'
import { loadConfig } from './runtime/environment.ts'
import { createLog } from './runtime/log.ts'
import { run } from './runtime/main.ts'
import { openParts } from './runtime/open-parts.ts'
import { untilSignal } from './runtime/shutdown.ts'
import { startTelemetry } from './runtime/telemetry.ts'
import { isTemporalReachable, lazyClient, readTemporalTarget } from './temporal/connect.ts'
import { createJobWorkflows } from './temporal/job-workflows.ts'

run(async () => {
  const config = loadConfig()
  const log = createLog(process.env.LOG_LEVEL)
  const telemetry = await startTelemetry(config, log)
  const parts = await openParts(config, log)
  const target = readTemporalTarget(process.env)
  const client = lazyClient(target)
  const server = await listen(createApp({ ...parts, workflows: createJobWorkflows(client, parts.db) }), config)
  console.log(
    `Greenlight's API is ready at ${server.url} (Temporal: ${target.address}, namespace ${target.namespace}).`,
  )
  if (!(await isTemporalReachable(client))) {
    console.log(
      `Nothing answers at ${target.address} yet: run \`npm start\`, or set TEMPORAL_ADDRESS. Jobs wait until then.`,
    )
  }
  await untilSignal()
  await server.drain()
  await server.close()
  await client.connection.close()
  await parts.close()
  await telemetry.stop()
})
