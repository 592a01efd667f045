/**
 * How many jobs a minute one worker makes and how many two make, on SQLite and on PostgreSQL; how soon the API answers meanwhile;
 * and what the limit is. For that the same is done with workflows of the same shape that have nothing in them, on the same
 * Temporal server, and the CPU time of every process is told. Ours and the baseline take turns, and so do the databases.
 *
 * The paid models answer at once, and ffmpeg takes no time (bench/jobs/instant-media.ts), or it would be all that is measured:
 * jobs with it are told apart. So is what the limit of purchases allows, which is lifted here.
 */
import { type Rig, startRig } from './jobs/rig.ts'
import { median } from './median.ts'
import { percentile } from './percentile.ts'
import { type CpuShares, sharesDuring, tellShares } from './throughput/cpu-shares.ts'
import { makeBare } from './throughput/make-bare.ts'
import { type Answers, makeJobs } from './throughput/make-jobs.ts'

const SCENES = 4
const ROUNDS = 3
/** Of a round. */
const JOBS = { scenes: SCENES, count: 20, atOnce: 8 }
const BARE = { scenes: SCENES, count: 32, atOnce: 8 }
const WITH_FFMPEG = { scenes: SCENES, count: 10, atOnce: 5 }
/** Until what runs is compiled. */
const WARM_UP = { scenes: SCENES, count: 16, atOnce: 8 }
const WITHOUT_LIMIT = { CREATES_PER_SECOND: '1000' }

type Worker = Awaited<ReturnType<Rig['start']>>

interface Bench {
  name: string
  rig: Rig
  workers: Worker[]
}

interface Round<T> {
  shares: CpuShares
  result: T
}

export async function benchThroughput(): Promise<void> {
  const benches: Bench[] = []
  try {
    for (const [name, rows] of [
      ['SQLite', 'sqlite'],
      ['PostgreSQL', 'postgres'],
    ] as const) {
      benches.push({ name, rig: await startRig(SCENES, rows), workers: [] })
    }
    const before = new Map<string, number>()
    for (const count of [1, 2]) await measureWorkers(benches, count, before)
    for (const { workers } of benches) for (const worker of workers.splice(0)) await worker.end()
    for (const count of [1, 2]) await measureWithFfmpeg(benches[0] as Bench, count)
  } finally {
    for (const { rig, workers } of benches) {
      for (const worker of workers) await worker.end()
      await rig.stop()
    }
  }
}

/** @param before jobs a minute with one worker less, by what was measured */
async function measureWorkers(benches: Bench[], count: number, before: Map<string, number>): Promise<void> {
  for (const bench of benches) {
    bench.workers.push(await bench.rig.start('bench/jobs/worker.ts', { INSTANT_MEDIA: '1', ...WITHOUT_LIMIT }))
    await makeJobs(bench.rig, WARM_UP)
    await makeBare(bench.rig, WARM_UP)
  }
  const rounds = benches.map((bench) => ({ bench, ours: [] as Round<Answers>[], bare: [] as Round<void>[] }))
  for (let round = 0; round < ROUNDS; round++) {
    for (const { bench, ours, bare } of rounds) {
      ours.push(await measure(bench, () => makeJobs(bench.rig, JOBS)))
      bare.push(await measure(bench, () => makeBare(bench.rig, BARE)))
    }
  }
  for (const { bench, ours, bare } of rounds) {
    const us = perMinute(ours, JOBS.count)
    const them = perMinute(bare, BARE.count)
    const title = `${bench.name}, ${count === 1 ? 'one worker' : `${count} workers`}`
    console.log(`${title}: ${us.toFixed(0)} jobs a minute, ${(us / them).toFixed(2)} of the bare workflow's`)
    tellGrowth(before, bench.name, { 'our jobs': us, 'bare workflows': them })
    console.log(`  ours, ${tellShares(ours.map(({ shares }) => shares))}`)
    console.log(`  bare (${them.toFixed(0)} a minute), ${tellShares(bare.map(({ shares }) => shares))}`)
    tellAnswers(ours.map(({ result }) => result))
  }
}

async function measureWithFfmpeg(bench: Bench, count: number): Promise<void> {
  bench.workers.push(await bench.rig.start('bench/jobs/worker.ts', WITHOUT_LIMIT))
  const round = await measure(bench, () => makeJobs(bench.rig, WITH_FFMPEG))
  const jobs = perMinute([round], WITH_FFMPEG.count)
  console.log(`${bench.name}, ${count} with ffmpeg: ${jobs.toFixed(0)} jobs a minute`)
  console.log(`  ${tellShares([round.shares])}`)
}

async function measure<T>({ rig, workers }: Bench, work: () => Promise<T>): Promise<Round<T>> {
  const pids = await rig.pids()
  for (const [index, { child }] of workers.entries()) pids[`worker ${index + 1}`] = child.pid ?? 0
  return sharesDuring(pids, work)
}

const perMinute = (rounds: Round<unknown>[], count: number) =>
  median(rounds.map(({ shares }) => (count * 60) / shares.seconds))

function tellGrowth(before: Map<string, number>, name: string, now: Record<string, number>): void {
  for (const [what, rate] of Object.entries(now)) {
    const key = `${name} ${what}`
    const less = before.get(key)
    if (less) console.log(`  ${what}: ${(rate / less).toFixed(2)} of what one worker less makes`)
    before.set(key, rate)
  }
}

function tellAnswers(all: Answers[]): void {
  for (const kind of ['status', 'list', 'approval'] as const) {
    const times = all.flatMap((answers) => answers[kind])
    const told = [0.5, 0.99].map((share) => percentile(times, share).toFixed(0))
    console.log(`  ${kind}: half within ${told[0]} ms, 99 % within ${told[1]} ms (${times.length} answers)`)
  }
}
