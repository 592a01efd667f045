/**
 * What jobs that wait for approval cost the worker: its resident memory, garbage collected, over the same worker idle,
 * after as much work as it takes until work alone adds no more: heaps, the allocator's arenas and compiled code grow to
 * what writing storyboards side by side needs, whether or not the jobs then wait. And that asking for their status wakes
 * no workflow: their histories stay as they were, and the worker has no more to do than while nobody asks (a query would
 * leave no trace in a history).
 */
import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { median } from '../median.ts'
import { NODE_OPTIONS_OF_WORKER } from './node-options.ts'
import type { Rig } from './rig.ts'

const JOBS = 1_000
/** Come and go before the worker counts as idle; from here on its memory stayed as it was up to a thousand. */
const WARM_UP_JOBS = 250
const GOAL_MB = 50
/** How often every job's status is asked for. */
const POLLS = 3
const AT_ONCE = 20
const SETTLE_MS = 15_000
const LOOKS = 5

export async function benchWaiting(rig: Rig): Promise<void> {
  const preload = pathToFileURL(`${import.meta.dirname}/collect-garbage.ts`)
  const worker = await rig.start('worker.ts', {
    NODE_OPTIONS: `${NODE_OPTIONS_OF_WORKER} --expose-gc --import ${preload}`,
  })
  const pid = worker.child.pid ?? 0
  try {
    const fresh = await settledMemory(pid)
    await warmUp(rig)
    const idle = await settledMemory(pid)
    const jobs = await rig.waitingJobs(JOBS)
    const waiting = await settledMemory(pid)
    const cost = waiting - idle
    const verdict = cost < GOAL_MB ? 'reached' : 'missed'
    console.log(`${JOBS} jobs that wait for approval: ${cost.toFixed(0)} MB, goal under ${GOAL_MB} ${verdict}`)
    const told = `${fresh.toFixed(0)} MB just started, ${idle.toFixed(0)} MB idle, ${waiting.toFixed(0)} MB with them`
    console.log(`  resident memory of the worker: ${told}`)
    await benchPolling(rig, jobs, pid)
  } finally {
    await worker.end()
  }
}

async function warmUp(rig: Rig): Promise<void> {
  await each(await rig.waitingJobs(WARM_UP_JOBS), async (jobId) => {
    await rig.api.post(`/jobs/${jobId}/reject`)
    await rig.client.workflow.getHandle(await rig.workflowId(jobId)).result()
  })
}

async function benchPolling(rig: Rig, jobs: number[], pid: number): Promise<void> {
  const before = await historyLengths(rig, jobs)
  const [began, cpuBefore] = [performance.now(), await cpuSeconds(pid)]
  for (let poll = 0; poll < POLLS; poll++) {
    await each(jobs, async (jobId) => {
      const { status, body } = await rig.api.get(`/jobs/${jobId}`)
      if (status !== 200 || body.status !== 'pending') throw new Error(`Job ${jobId}: ${status} ${body.status}`)
    })
  }
  const seconds = (performance.now() - began) / 1000
  const cpuPolled = (await cpuSeconds(pid)) - cpuBefore
  const after = await historyLengths(rig, jobs)
  const cpuQuietBefore = await cpuSeconds(pid)
  await sleep(seconds * 1000)
  const cpuQuiet = (await cpuSeconds(pid)) - cpuQuietBefore
  const grown = jobs.filter((_, index) => before[index] !== after[index]).length
  const asked = JOBS * POLLS
  console.log(
    `${asked} times GET /jobs/:id: ${grown} of ${JOBS} histories grew, goal 0 ${grown ? 'missed' : 'reached'}`,
  )
  const cpu = `${cpuPolled.toFixed(2)} s while asked, ${cpuQuiet.toFixed(2)} s in the next ${seconds.toFixed(0)} s`
  console.log(`  the worker's CPU: ${cpu}`)
}

async function historyLengths({ client, workflowId }: Rig, jobs: number[]): Promise<number[]> {
  const lengths = new Map<number, number>()
  await each(jobs, async (jobId) => {
    const { historyLength } = await client.workflow.getHandle(await workflowId(jobId)).describe()
    lengths.set(jobId, historyLength)
  })
  return jobs.map((jobId) => lengths.get(jobId) ?? Number.NaN)
}

async function each(jobs: number[], act: (jobId: number) => Promise<void>): Promise<void> {
  const left = [...jobs]
  const next = async () => {
    for (let jobId = left.pop(); jobId !== undefined; jobId = left.pop()) await act(jobId)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, next))
}

/** MB, once the process has come to rest. */
async function settledMemory(pid: number): Promise<number> {
  await sleep(SETTLE_MS)
  const looks: number[] = []
  for (let look = 0; look < LOOKS; look++) {
    looks.push(Number(await ps(pid, 'rss')) / 1024)
    await sleep(1_000)
  }
  return median(looks)
}

async function cpuSeconds(pid: number): Promise<number> {
  return Number(await ps(pid, 'cputimes'))
}

async function ps(pid: number, column: string): Promise<string> {
  const { stdout } = await promisify(execFile)('ps', ['-o', `${column}=`, '-p', String(pid)])
  return stdout.trim()
}
