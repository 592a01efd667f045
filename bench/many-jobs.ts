/**
 * What requests take with 10,000 jobs in the database, of which 1,000 wait for approval, over what they take with hardly any: with
 * no more than fill the page of each list. On SQLite and on PostgreSQL, each installation with a server, a Temporal server and, for the
 * jobs that wait, real workflows. They are asked in turns, and medians are compared.
 *
 * The worker has ended by then: what it has to do after an approval is measured elsewhere (bench/throughput.ts).
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { WINDOW_MS } from '../api/events/event-feed.ts'
import { decidedState, type JobState } from './fill-with-jobs.ts'
import { type Contents, type Installation, install } from './many-jobs/installation.ts'
import { requestsOf } from './many-jobs/requests.ts'
import { timeApproval, timeConnection } from './many-jobs/time-approval.ts'
import { median } from './median.ts'

const MANY: Contents = { decided: 9_000, stateOf: decidedState, waiting: 1_000 }
/** A page has 25; there are three states and four campaigns, and a page in the middle is to be full too. */
const FEW: Contents = { decided: 480, stateOf: evenState, waiting: 60 }
const WARM_UP_ROUNDS = 10
const ROUNDS = 30
const APPROVALS = 20
const GOAL = 2

interface Pair<T> {
  few: T
  many: T
}

export async function benchManyJobs(): Promise<void> {
  for (const rows of ['sqlite', 'postgres'] as const) {
    await using installed = new AsyncDisposableStack()
    const ready = async (contents: Contents) => {
      const installation = await install(rows, contents)
      installed.defer(() => installation.rig.stop())
      return installation
    }
    const pair = { few: await ready(FEW), many: await ready(MANY) }
    console.log(
      `${rows === 'sqlite' ? 'SQLite' : 'PostgreSQL'}, over an installation with hardly any jobs, goal ${GOAL}`,
    )
    const made = performance.now()
    await compareRequests(pair)
    const what = 'GET /events, until it has begun, just after all were made (no goal: it is by what happened lately)'
    tell(what, await connections(pair), null)
    await sleep(WINDOW_MS - (performance.now() - made) + 1_000)
    await compareApprovals(pair)
  }
}

async function compareRequests(pair: Pair<Installation>): Promise<void> {
  const asked = { few: await requestsOf(pair.few), many: await requestsOf(pair.many) }
  const times = asked.few.map(() => ({ few: [] as number[], many: [] as number[] }))
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    for (const [index, all] of times.entries()) {
      for (const which of ['few', 'many'] as const) {
        const ms = await timeRequest(pair[which], asked[which][index]?.path(round + WARM_UP_ROUNDS) ?? '')
        if (round >= 0) all[which].push(ms)
      }
    }
  }
  for (const [index, all] of times.entries()) tell(asked.few[index]?.what ?? '', all)
}

/** A stream begins with a look at what happened in the last minute: at every job's beginning, where all were made just now. */
async function connections(pair: Pair<Installation>): Promise<Pair<number[]>> {
  const times = { few: [] as number[], many: [] as number[] }
  for (let round = 0; round < APPROVALS; round++) {
    for (const which of ['few', 'many'] as const) times[which].push(await timeConnection(pair[which]))
  }
  return times
}

async function timeRequest({ rig }: Installation, path: string): Promise<number> {
  const began = performance.now()
  const { status, body } = await rig.api.get(path)
  if (status !== 200) throw new Error(`GET ${path} was answered ${status}: ${JSON.stringify(body)}`)
  return performance.now() - began
}

async function compareApprovals(pair: Pair<Installation>): Promise<void> {
  const times = { few: [], many: [] } as Pair<Awaited<ReturnType<typeof timeApproval>>[]>
  for (let round = 0; round < APPROVALS; round++) {
    for (const which of ['few', 'many'] as const) times[which].push(await timeApproval(pair[which]))
  }
  const of = (part: 'connected' | 'answered' | 'told') => ({
    few: times.few.map((one) => one[part]),
    many: times.many.map((one) => one[part]),
  })
  tell('GET /events, until it has begun', of('connected'))
  tell('POST /jobs/:id/approve', of('answered'))
  tell('an approval until its event comes', of('told'))
}

function tell(what: string, { few, many }: Pair<number[]>, goal: number | null = GOAL): void {
  const ratio = median(many) / median(few)
  const verdict = goal === null ? '' : ratio <= goal ? ' reached' : ' MISSED'
  console.log(`  ${what}: ${ratio.toFixed(2)}${verdict} (${median(many).toFixed(1)} ms, ${median(few).toFixed(1)} ms)`)
}

function evenState(id: number): JobState {
  return decidedState([1, 2, 3][id % 3] ?? 1)
}
