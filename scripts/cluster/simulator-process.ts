/** The simulator of the paid models as a process of its own. */
import path from 'node:path'
import { type SpawnedProcess, spawnProcess } from '../../test/support/process.ts'

export interface SimulatorProcess {
  process: SpawnedProcess
  /** http://host:port */
  url: string
  /** What servers and workers have to be told to buy from it. */
  env: Record<string, string>
}

/**
 * @param dataDir its files lie in a folder of it
 * @param env its settings, SIMULATOR_…
 */
export async function startSimulatorProcess(dataDir: string, env: Record<string, string>): Promise<SimulatorProcess> {
  const settings = { SIMULATOR_PORT: '0', SIMULATOR_DIR: path.join(dataDir, 'simulator'), ...env }
  const spawned = spawnProcess('simulator/main.ts', settings, { says: /listening on/ })
  await spawned.ready
  const url = /http:\/\/[\d.]+:\d+/.exec(spawned.output())?.[0] ?? ''
  return {
    process: spawned,
    url,
    env: {
      REPLICATE_API_KEY: 'simulator',
      REPLICATE_BASE_URL: `${url}/v1`,
      XAI_API_KEY: 'simulator',
      XAI_BASE_URL: `${url}/v1`,
    },
  }
}
