/**
 * What a job takes beside the provider and ffmpeg, over a bare Temporal workflow of the same shape: the same activities
 * in the same order (bare-workflow.ts) on the same server, worker and queues, with empty bodies: no rows, no HTTP, no
 * files. Ours is timed from before its approval is sent over HTTP, so the API's part counts, and so does the check that
 * the pictures can be fetched; the bare one from before its signal is sent.
 *
 * ffmpeg is media work, not overhead: in the worker that is compared it takes no time (instant-media.ts). What a job
 * takes with the real one is told apart.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { TASK_QUEUES } from '../../workflows/contract.ts'
import { median } from '../median.ts'
import { bareApprove, type bareJob } from './bare-workflow.ts'
import type { Rig } from './rig.ts'

const ROUNDS = 30
/** A worker runs for days: until what both run is compiled. */
const WARM_UP_ROUNDS = 12
const ROUNDS_WITH_FFMPEG = 5
const GOAL = 1.5
/** Creating predictions is limited to 9 a second over all workers: rounds must not wait for each other's. */
const PAUSE_MS = 1_500

/** Milliseconds from the approval. */
interface Times {
  firstSubmitted: number
  completed: number
  /** How long the longest prediction ran; of `completed`. */
  provider: number
}

export async function benchLatency(rig: Rig, scenes: number): Promise<void> {
  const worker = await rig.start('bench/jobs/worker.ts', { INSTANT_MEDIA: '1' })
  const ours: Times[] = []
  const bare: Times[] = []
  try {
    for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
      const [theirs, mine] = [await runBare(rig, scenes, round), await runOurs(rig)]
      if (round < 0) continue
      bare.push(theirs)
      ours.push(mine)
    }
  } finally {
    await worker.end()
  }
  report('approval to first prediction submitted', ours, bare, ({ firstSubmitted }) => firstSubmitted)
  report(
    `overhead of a job of ${scenes} scenes, without provider and ffmpeg`,
    ours,
    bare,
    ({ completed, provider }) => completed - provider,
  )
  await tellWithFfmpeg(rig)
}

function report(what: string, ours: Times[], bare: Times[], of: (times: Times) => number): void {
  const [us, them] = [median(ours.map(of)), median(bare.map(of))]
  const ratio = us / them
  console.log(`${what}: ${ratio.toFixed(2)} of the bare workflow, goal ${GOAL} ${ratio <= GOAL ? 'reached' : 'missed'}`)
  console.log(`  milliseconds: ours ${us.toFixed(0)}, bare ${them.toFixed(0)}`)
}

async function tellWithFfmpeg(rig: Rig): Promise<void> {
  const worker = await rig.start('bench/jobs/worker.ts')
  const times: Times[] = []
  try {
    for (let round = 0; round < ROUNDS_WITH_FFMPEG; round++) times.push(await runOurs(rig))
  } finally {
    await worker.end()
  }
  const total = median(times.map(({ completed, provider }) => completed - provider))
  console.log(`  milliseconds with ffmpeg (clips looked at, film stitched): ${total.toFixed(0)}`)
}

async function runOurs(rig: Rig): Promise<Times> {
  const [jobId = Number.NaN] = await rig.waitingJobs(1)
  await sleep(PAUSE_MS)
  const began = Date.now()
  const approved = await rig.api.post(`/jobs/${jobId}/approve`)
  if (approved.status !== 200) throw new Error(`The approval was answered ${approved.status}.`)
  await rig.client.workflow.getHandle(await rig.workflowId(jobId)).result()
  const completed = Date.now() - began
  const predictions = await rig.predictions(jobId)
  return {
    firstSubmitted: Math.min(...predictions.map(({ taken }) => taken)) - began,
    completed,
    provider: Math.max(...predictions.map(({ taken, made }) => made - taken)),
  }
}

async function runBare({ client }: Rig, scenes: number, round: number): Promise<Times> {
  const handle = await client.workflow.start<typeof bareJob>('bareJob', {
    workflowId: `bare-${round}`,
    taskQueue: TASK_QUEUES.main,
    args: [{ scenes }],
  })
  await sleep(PAUSE_MS)
  const began = Date.now()
  await handle.signal(bareApprove)
  const firstSubmitted = (await handle.result()) - began
  return { firstSubmitted, completed: Date.now() - began, provider: 0 }
}
