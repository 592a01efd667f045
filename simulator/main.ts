/** `npm run simulator`: the simulator as a process of its own, until SIGINT or SIGTERM. */

import { startSimulator } from './index.ts'
import { optionsFromEnv } from './settings.ts'

const DEFAULT_PORT = 4100

const options = optionsFromEnv(process.env)
const simulator = await startSimulator({ ...options, port: options.port ?? DEFAULT_PORT })
console.log(
  `Simulator listening on ${simulator.url}. To use it, set REPLICATE_BASE_URL=${simulator.url}/v1 XAI_BASE_URL=${simulator.url}/v1 REPLICATE_API_KEY=simulator XAI_API_KEY=simulator`,
)

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    await simulator.stop()
    process.exit(0)
  })
}
