/** One run: the plan is carried out on real processes, and then everything is checked. */
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { readConfig } from '../../config.ts'
import { openDatabase } from '../../prisma/client.ts'
import type { Bill } from '../../simulator/index.ts'
import { openStore } from '../../storage/open-store.ts'
import { createApi } from '../support/stack.ts'
import { type Cast, raise } from './cast.ts'
import { readOutputs, watchFilm } from './films.ts'
import { createFrontend, type Seen } from './frontend.ts'
import { audit } from './ledger.ts'
import { heldOpen, leftovers } from './leftovers.ts'
import { outcomeProblems } from './outcomes.ts'
import type { Plan } from './plan.ts'
import type { Report } from './table.ts'
import type { Topology } from './topology.ts'
import { workflowProblems } from './workflows.ts'

/** As long as any job moves, the others are waited for; a sweep, a lease and a hung prediction together take less. */
const PATIENCE_MS = 150_000

export interface Outcome extends Report {
  /** Where everything lies; gone when nothing was violated. */
  dataDir: string
}

/** @param say is told how it goes */
export async function runChaos(
  plan: Plan,
  topology: Topology,
  say: (line: string) => void = () => {},
): Promise<Outcome> {
  const dataDir = await realpath(await mkdtemp(path.join(tmpdir(), `greenlight-chaos-${plan.seed}-`)))
  const cast = await raise(dataDir, topology)
  try {
    const report = await carryOut(plan, cast, { dataDir, lookEvery: topology.lookEvery }, say)
    if (report.violations.length === 0) await rm(dataDir, { recursive: true })
    return { ...report, dataDir }
  } catch (error) {
    throw new Error(`Seed ${plan.seed} could not be run to its end; its data is in ${dataDir}.`, { cause: error })
  } finally {
    await cast.leave()
  }
}

async function carryOut(
  plan: Plan,
  cast: Cast,
  { dataDir, lookEvery }: { dataDir: string; lookEvery: number },
  say: (line: string) => void,
): Promise<Report> {
  const began = Date.now()
  const { url, simulatorUrl, actors } = cast
  const campaign = await createApi(url).campaign()
  await control(simulatorUrl, 'faults', { method: 'PUT', body: JSON.stringify(plan.rules) })

  const killed: Report['killed'] = new Map()
  let kills = 0
  let movedAt = Date.now()
  const moved = () => {
    movedAt = Date.now()
  }
  const frontend = createFrontend(url, { lookEvery, moved, givesUp: () => Date.now() > movedAt + PATIENCE_MS })
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
    killed.set(death.process, (killed.get(death.process) ?? 0) + 1)
    kills++
    moved()
  }
  const ended = await Promise.all(lives)
  const seen = ended.filter((life): life is Seen => !(life instanceof Error))
  const seconds = (Date.now() - began) / 1000
  say(`all jobs have ended after ${seconds.toFixed(0)} s; checking`)

  const violations = ended.flatMap((life) => (life instanceof Error ? [life.message] : life.violations))
  violations.push(...seen.flatMap(outcomeProblems))
  const films = await fetchFilms(url, dataDir, seen)
  violations.push(...(cast.balancer?.traffic.failures ?? []))
  violations.push(...(await workflowProblems(cast.client, seen)))
  for (const actor of actors) violations.push(...(await heldOpen(actor)))
  const bill = (await control(simulatorUrl, 'bill')) as Bill
  const { rules } = (await control(simulatorUrl, 'faults')) as { rules: Report['struck'] }
  violations.push(...(await cast.end()), ...actors.flatMap(({ process }) => process.faints))

  const folder = path.join(dataDir, 'checks')
  await mkdir(folder)
  const config = readConfig({ ...cast.env, DATA_DIR: cast.env.DATA_DIR ?? dataDir })
  const db = await openDatabase(config.database)
  const blobs = await openStore(config, pino({ level: 'silent' }))
  const outputs = await readOutputs(path.join(dataDir, 'simulator'))
  for (const { id, file } of films) {
    const watched = watchFilm({ db, blobs, folder, outputs }, id, file)
    violations.push(...(await watched.catch((error: Error) => [`The film of job ${id}: ${error.message}`])))
  }
  const ledger = await db.prediction.findMany()
  await db.$disconnect()
  const { doublePayments, violations: wrong } = audit(ledger, bill)
  violations.push(...wrong, ...(await leftovers(dataDir, actors, blobs)))
  blobs.close()
  const traffic = cast.balancer?.traffic ?? null
  return {
    ...{ plan, killed, struck: rules, seen, films: films.length, traffic, ledger, billed: bill.count },
    ...{ doublePayments, seconds, violations },
  }
}

async function control(simulatorUrl: string, route: string, init: RequestInit = {}): Promise<unknown> {
  const response = await fetch(`${simulatorUrl}/simulator/${route}`, init)
  if (!response.ok) throw new Error(`The simulator refused ${route}: ${await response.text()}`)
  return response.json()
}

/** As a frontend gets them. */
async function fetchFilms(url: string, dataDir: string, seen: Seen[]) {
  const films: { id: number; file: string }[] = []
  for (const { id } of seen.filter(({ job }) => job.status === 'completed')) {
    const file = path.join(dataDir, `film-${id}.mp4`)
    await writeFile(file, await createApi(url).bytes(`/videos/${id}/combined`))
    films.push({ id, file })
  }
  return films
}
