/** One run: the plan is carried out on real processes, and then everything is checked. */
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type DatabaseLocation, openDatabase } from '../../prisma/client.ts'
import type { Bill } from '../../simulator/index.ts'
import { createFileStore } from '../../storage/file-store.ts'
import { createApi } from '../support/stack.ts'
import { type Cast, raise } from './cast.ts'
import { readOutputs, watchFilm } from './films.ts'
import { createFrontend, type Seen } from './frontend.ts'
import { audit } from './ledger.ts'
import { heldOpen, leftovers } from './leftovers.ts'
import { outcomeProblems } from './outcomes.ts'
import { makePlan, type Plan, type Size } from './plan.ts'
import type { Report } from './table.ts'
import { workflowProblems } from './workflows.ts'

/** As long as any job moves, the others are waited for; a sweep, a lease and a hung prediction together take less. */
const PATIENCE_MS = 150_000

export interface Outcome extends Report {
  /** Where everything lies; gone when nothing was violated. */
  dataDir: string
}

/**
 * @param say is told how it goes
 * @param databaseUrl of an empty PostgreSQL database; without it the rows are in an SQLite file
 */
export async function runChaos(
  size: Size,
  say: (line: string) => void = () => {},
  databaseUrl?: string,
): Promise<Outcome> {
  const plan = makePlan(size)
  const dataDir = await realpath(await mkdtemp(path.join(tmpdir(), `greenlight-chaos-${size.seed}-`)))
  const cast = await raise(dataDir, databaseUrl)
  try {
    const rows = databaseUrl ? { url: databaseUrl, poolSize: 2 } : path.join(dataDir, 'greenlight.db')
    const report = await carryOut(plan, cast, { dataDir, rows }, say)
    if (report.violations.length === 0) await rm(dataDir, { recursive: true })
    return { ...report, dataDir }
  } catch (error) {
    await cast.abandon()
    throw new Error(`Seed ${size.seed} could not be run to its end; its data is in ${dataDir}.`, { cause: error })
  }
}

interface Places {
  dataDir: string
  rows: DatabaseLocation
}

async function carryOut(
  plan: Plan,
  cast: Cast,
  { dataDir, rows }: Places,
  say: (line: string) => void,
): Promise<Report> {
  const began = Date.now()
  const { serverUrl, simulatorUrl } = cast
  const campaign = await createApi(serverUrl).campaign()
  await control(simulatorUrl, 'faults', { method: 'PUT', body: JSON.stringify(plan.rules) })

  const killed: Report['killed'] = { server: 0, worker: 0, temporal: 0 }
  let kills = 0
  let movedAt = Date.now()
  const moved = () => {
    movedAt = Date.now()
  }
  const frontend = createFrontend(serverUrl, { moved, givesUp: () => Date.now() > movedAt + PATIENCE_MS })
  const lives = plan.planned.map(async (planned): Promise<Seen | Error> => {
    while (kills < planned.afterKills) await sleep(50)
    try {
      const seen = await frontend.live(planned, campaign)
      say(`job ${seen.id} ${seen.job.status} after ${seen.seconds.toFixed(0)} s (${kills} kills)`)
      return seen
    } catch (error) {
      return error as Error
    }
  })
  for (const death of plan.deaths) {
    await cast.kill(death)
    killed[death.process]++
    kills++
    moved()
  }
  const ended = await Promise.all(lives)
  const seen = ended.filter((life): life is Seen => !(life instanceof Error))
  const seconds = (Date.now() - began) / 1000
  say(`all jobs have ended after ${seconds.toFixed(0)} s; checking`)

  const violations = ended.flatMap((life) => (life instanceof Error ? [life.message] : life.violations))
  violations.push(...seen.flatMap(outcomeProblems))
  const films = await fetchFilms(serverUrl, dataDir, seen)
  violations.push(...(await workflowProblems(cast.client, seen)))
  violations.push(...(await heldOpen(dataDir, 'server', cast.server.pid())))
  violations.push(...(await heldOpen(dataDir, 'worker', cast.worker.pid())))
  const bill = (await control(simulatorUrl, 'bill')) as Bill
  const { rules } = (await control(simulatorUrl, 'faults')) as { rules: Report['struck'] }
  violations.push(...(await cast.end()), ...cast.server.faints, ...cast.worker.faints)

  const db = await openDatabase(rows)
  const blobs = await createFileStore(path.join(dataDir, 'blobs'))
  const outputs = await readOutputs(path.join(dataDir, 'simulator'))
  for (const { id, file } of films) {
    violations.push(
      ...(await watchFilm({ db, blobs, outputs }, id, file).catch((error: Error) => [
        `The film of job ${id}: ${error.message}`,
      ])),
    )
  }
  const ledger = await db.prediction.findMany()
  await db.$disconnect()
  const { doublePayments, violations: wrong } = audit(ledger, bill)
  violations.push(...wrong, ...(await leftovers(dataDir)))
  return { plan, killed, struck: rules, seen, ledger, billed: bill.count, doublePayments, seconds, violations }
}

async function control(simulatorUrl: string, route: string, init: RequestInit = {}): Promise<unknown> {
  const response = await fetch(`${simulatorUrl}/simulator/${route}`, init)
  if (!response.ok) throw new Error(`The simulator refused ${route}: ${await response.text()}`)
  return response.json()
}

/** As a frontend gets them. */
async function fetchFilms(serverUrl: string, dataDir: string, seen: Seen[]) {
  const done = seen.filter(({ job }) => job.status === 'completed')
  return Promise.all(
    done.map(async ({ id }) => {
      const file = path.join(dataDir, `film-${id}.mp4`)
      await writeFile(file, await createApi(serverUrl).bytes(`/videos/${id}/combined`))
      return { id, file }
    }),
  )
}
