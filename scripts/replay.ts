/**
 * `npm run replay -- <workflow id or history file>`: replays a history against today's workflow code. A workflow id is
 * asked of the Temporal server that the environment names (default: the embedded one on its usual port).
 */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js'
import { pino } from 'pino'
import { loadEnvironment } from '../runtime/environment.ts'
import { run } from '../runtime/main.ts'
import { isTemporalReachable, lazyClient, readTemporalTarget, type TemporalTarget } from '../temporal/connect.ts'
import { replayHistory } from '../temporal/replay.ts'
import { installRuntime } from '../temporal/workers.ts'

const USAGE = 'Name a workflow id or a history file: npm run replay -- video-job-1a2b3c4d-7'

run(async () => {
  const named = process.argv[2]
  if (!named) throw new Error(USAGE)
  installRuntime(pino({ level: 'silent' }))
  const target = readTemporalTarget(loadEnvironment())
  const history = existsSync(named)
    ? historyFromJSON(JSON.parse(await readFile(named, 'utf8')))
    : await fetchHistory(target, named)
  await replayHistory(history, named, target)
  console.log(`${named}: ${history.events?.length ?? 0} events replay against today's code without a difference.`)
})

async function fetchHistory(target: TemporalTarget, workflowId: string) {
  const client = lazyClient(target)
  if (!(await isTemporalReachable(client))) {
    throw new Error(
      `${workflowId} is no file, and no Temporal server answers at ${target.address}: set TEMPORAL_ADDRESS.`,
    )
  }
  return client.workflow.getHandle(workflowId).fetchHistory()
}
