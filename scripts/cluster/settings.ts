/** What servers and workers of a cluster are told of the environment and .env that it was started with. */
import { VARIABLES } from '../../config.ts'

/** What the cluster says itself: where things are, and ports of which each process needs its own. */
const DECIDED = new Set([
  ...['PORT', 'HOST', 'DATA_DIR', 'DATABASE_PATH', 'DATABASE_URL', 'BLOB_STORE_URL', 'TEMPORAL_UI_URL'],
  'WORKER_METRICS_PORT',
])
/** Read elsewhere than in config.ts. */
const OTHERS = /^(LOG_LEVEL|PAYLOAD_ENCRYPTION_KEYS|OTEL_\w+)$/

/** All of Greenlight's but those: the providers' keys, say, and every budget and limit. */
export function clusterSettings(env: NodeJS.ProcessEnv): Record<string, string> {
  const isTold = (name: string) => (VARIABLES.includes(name) && !DECIDED.has(name)) || OTHERS.test(name)
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => isTold(entry[0]) && entry[1] !== undefined),
  )
}
