/** What the fault tests share: jobs to break, a worker to kill, and the ledger to hold against the simulator's bill. */
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Database } from '../../prisma/client.ts'
import type { Prediction } from '../../prisma/queries/jobs.ts'
import type { Parts } from '../../runtime/open-parts.ts'
import { startWorker } from '../../runtime/start-worker.ts'
import type { BillLine } from '../../simulator/index.ts'
import { connectTemporal } from '../../temporal/connect.ts'
import { type StartedProcess, startProcess } from '../support/process.ts'
import { type Api, type Base, environment } from '../support/stack.ts'

/** Looks until there is something to see. @throws Error that says what did not come about */
export async function until<T>(
  what: string,
  look: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  withinMs = 30_000,
): Promise<T> {
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await sleep(30)) {
    const found = await look()
    if (found) return found
  }
  throw new Error(`It did not come about that ${what}.`)
}

/** A job of so many scenes of four seconds, approved. @returns its id */
export async function approvedJob(api: Api, campaign: string, scenes: number, more: object = {}): Promise<number> {
  const body = { campaign_id: campaign, clip_duration: 4, num_pairs: scenes, ...more }
  const created = await api.post('/jobs/from-image-pairs', body)
  expect(created).toMatchObject({ status: 201, body: { scene_count: scenes, storyboard_ready: true } })
  const id: number = created.body.job_id
  expect((await api.post(`/jobs/${id}/approve`)).status).toBe(200)
  return id
}

/** A worker as a process of its own, beside a server that runs in this one. */
export function startWorkerProcess(
  base: Base,
  serverUrl: string,
  extra: Record<string, string> = {},
): Promise<StartedProcess> {
  return startProcess('worker.ts', {
    ...environment(base, Number(new URL(serverUrl).port), extra),
    TEMPORAL_ADDRESS: base.temporal.address,
    TEMPORAL_NAMESPACE: base.temporal.namespace,
  })
}

/** A worker in this process, on the parts of a server. */
export async function startWorkerOn(base: Base, parts: Parts, options: Parameters<typeof startWorker>[2] = {}) {
  const { namespace } = base.target
  const temporal = await connectTemporal(base.target)
  const workers = await startWorker(parts, { ...temporal, namespace }, options)
  return {
    async stop() {
      await workers.stop()
      await temporal.connection.close()
    },
  }
}

/** The ledger's rows of a job: purchase by purchase, attempt by attempt. */
export function ledgerOf(db: Database, jobId: number): Promise<Prediction[]> {
  return db.prediction.findMany({ where: { jobId }, orderBy: [{ subject: 'asc' }, { attempt: 'asc' }] })
}

/** Every prediction that the provider has must be an attempt in the ledger, once, and each beyond the first have its reason. */
export function expectPaidOnce(ledger: Prediction[], bill: BillLine[]): void {
  const bought = ledger.filter(({ providerId }) => providerId !== null)
  expect(bought.map(({ providerId }) => providerId).sort()).toEqual(bill.map(({ id }) => id).sort())
  for (const { attempt, reason } of ledger) expect(reason).toMatch(attempt === 1 ? /^first$/ : /^attempt \d+ .+: .+/)
}

/** What is left where files are written that are not finished; the folders of the media processes that run stay. */
export async function leftovers({ dataDir }: Base): Promise<string[]> {
  const inTemp = await readdir(path.join(dataDir, 'tmp'), { recursive: true })
  const inBlobs = await readdir(path.join(dataDir, 'blobs', 'tmp'))
  return [...inTemp.filter((name) => /\/(?!media-\d+$)/.test(name)), ...inBlobs]
}
