import type { ActivityDeps } from './deps.ts'

/** Starts what webhooks the job owes. What fails here is no fault of the step: the sweep starts it later. */
export async function tellSubscribers({ workflows, log }: ActivityDeps, jobId: number): Promise<void> {
  await workflows.deliverAll(jobId).catch((error: unknown) => {
    log.warn({ err: error, jobId }, 'webhooks could not be started; the sweep will start them')
  })
}
