/**
 * `npm run backfill -- --limit n --sleep-ms n`: fetches the bytes of assets that have only a URL. A workflow does it, on the
 * workers; this shows how far it is. Ending this leaves the workflow at work, and running it again shows it again.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { openDatabase } from '../prisma/client.ts'
import { loadConfig } from '../runtime/environment.ts'
import { run } from '../runtime/main.ts'
import { startBackfill } from '../temporal/backfill.ts'
import { connectTemporal, readTemporalTarget } from '../temporal/connect.ts'
import { installRuntime } from '../temporal/workers.ts'
import type { BackfillProgress } from '../workflows/contract.ts'

const LOOK_EVERY_MS = 1_000

run(async () => {
  const input = readInput()
  const config = loadConfig()
  installRuntime(pino({ level: 'silent' }))
  const target = readTemporalTarget(process.env)
  const { client, connection } = await connectTemporal(target)
  const db = await openDatabase(config.database)
  try {
    const backfill = await startBackfill(client, db, input)
    console.log(`${backfill.attached ? 'A backfill runs already; this is it' : 'Started'}: ${backfill.workflowId}`)
    let ended = false
    const result = backfill.result().finally(() => (ended = true))
    result.catch(() => {})
    let shown = ''
    while (!ended) {
      const progress = await backfill.progress()
      const line = progress ? tell(progress) : 'Waiting for a worker: run `npm start` or `npm run worker`.'
      if (line !== shown && !ended) console.log(line)
      shown = line
      await Promise.race([sleep(LOOK_EVERY_MS), result.catch(() => {})])
    }
    report(await result)
  } finally {
    await connection.close()
    await db.$disconnect()
  }
})

function readInput(): { limit: number | null; sleepMs: number } {
  const { values } = parseArgs({ options: { limit: { type: 'string' }, 'sleep-ms': { type: 'string' } } })
  const whole = (name: 'limit' | 'sleep-ms', least: number) => {
    const text = values[name]
    if (text === undefined) return null
    if (!/^\d{1,9}$/.test(text) || Number(text) < least) {
      throw new Error(`--${name} is a whole number from ${least} on, not "${text}".`)
    }
    return Number(text)
  }
  return { limit: whole('limit', 1), sleepMs: whole('sleep-ms', 0) ?? 0 }
}

function tell({ total, stored, storedBytes, failed }: BackfillProgress): string {
  const megabytes = (storedBytes / 1e6).toFixed(1)
  return `${stored + failed} of ${total}: ${stored} stored (${megabytes} MB), ${failed} failed`
}

function report(progress: BackfillProgress): void {
  console.log(`Done. ${tell(progress)}.`)
  for (const { assetId, name, reason } of progress.failures) console.log(`  ${assetId} "${name}": ${reason}`)
  const unnamed = progress.failed - progress.failures.length
  if (unnamed > 0) console.log(`  and ${unnamed} more: the worker's log names them.`)
}
