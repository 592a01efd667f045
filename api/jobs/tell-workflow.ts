/** Tells a job's workflow what the rows say. They are written: the caller is not kept waiting, and the sweep tells it later. */
import type { Revision } from '../../prisma/queries/revisions.ts'
import type { ApiDeps } from '../deps.ts'

const DEADLINE_MS = 2_000

/** Of a decision. */
export async function tellWorkflow({ workflows, log }: ApiDeps, jobId: number): Promise<void> {
  const told = workflows.decided(jobId).catch((error: unknown) => {
    log.error({ err: error, jobId }, 'the workflow could not be told of a decision; the sweep will tell it')
  })
  await soon(told)
}

/** Of a revision. */
export async function tellRevision({ workflows, log }: ApiDeps, { jobId, number }: Revision): Promise<void> {
  const told = workflows.revise(jobId, number).catch((error: unknown) => {
    log.error({ err: error, jobId, revision: number }, 'the workflow could not be told of a revision; the sweep will')
  })
  await soon(told)
}

async function soon(told: Promise<void>): Promise<void> {
  await Promise.race([told, new Promise((resolve) => setTimeout(resolve, DEADLINE_MS).unref())])
}
