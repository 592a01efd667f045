/** Everything in one process, beside an embedded Temporal server when no other is named: `npm start`. */
import { loadConfig } from '../runtime/environment.ts'
import { createLog } from '../runtime/log.ts'
import { run } from '../runtime/main.ts'
import { untilSignal } from '../runtime/shutdown.ts'
import { startAll } from '../runtime/start-all.ts'
import { startTelemetry } from '../runtime/telemetry.ts'
import { readTemporalTarget } from '../temporal/connect.ts'
import { startEmbeddedTemporal } from '../temporal/embedded.ts'
import { lockDataDir } from '../temporal/lock.ts'

run(async () => {
  const config = loadConfig()
  const log = createLog(process.env.LOG_LEVEL)
  const telemetry = await startTelemetry(config, log)
  const unlock = await lockDataDir(config.dataDir)
  const named = readTemporalTarget(process.env)
  const embedded = named.named ? null : await startEmbeddedTemporal({ dataDir: config.dataDir, log: console.log })
  try {
    const target = embedded ? { ...named, address: embedded.address, namespace: embedded.namespace } : named
    const temporalUiUrl = config.temporalUiUrl ?? embedded?.uiUrl ?? undefined
    const greenlight = await startAll({ ...config, temporalUiUrl }, log, target)
    const ui = embedded?.uiUrl ? `, its UI at ${embedded.uiUrl}` : ''
    console.log(`Greenlight is ready at ${greenlight.url} (Temporal at ${target.address}${ui}).`)
    await telemetry.serveFigures(greenlight.parts.figures)
    await Promise.race([untilSignal(), greenlight.done])
    await greenlight.stop()
  } finally {
    await embedded?.stop()
    await unlock()
    await telemetry.stop()
  }
})
