/** `npm run record -- <workflow id> <name>`: saves a workflow's history, in the clear, into workflows/histories/, for the tests to replay. */
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { loadEnvironment } from '../runtime/environment.ts'
import { run } from '../runtime/main.ts'
import { isTemporalReachable, lazyClient, readTemporalTarget } from '../temporal/connect.ts'
import { decryptHistory } from '../temporal/encryption/decrypt-history.ts'

run(async () => {
  const [workflowId, name] = process.argv.slice(2)
  if (!workflowId || !name || !/^[a-z0-9-]+$/.test(name)) {
    throw new Error('Name a workflow id and a name: npm run record -- video-job-1a2b3c4d-7 completed-with-music')
  }
  const file = path.join('workflows', 'histories', `${name}.json`)
  if (existsSync(file)) throw new Error(`${file} exists. What was released with it must replay: choose another name.`)
  const target = readTemporalTarget(loadEnvironment())
  const client = lazyClient(target)
  if (!(await isTemporalReachable(client))) {
    throw new Error(`No Temporal server answers at ${target.address}: set TEMPORAL_ADDRESS.`)
  }
  const { payloadCodecs } = client.options.loadedDataConverter
  const history = await decryptHistory(await client.workflow.getHandle(workflowId).fetchHistory(), payloadCodecs)
  await writeFile(file, historyToJSON(history))
  console.log(`Wrote ${file} (${history.events?.length ?? 0} events).`)
})
