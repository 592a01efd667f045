/** The namespace of the embedded server. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Connection } from '@temporalio/client'
import { msToTs } from '@temporalio/common/lib/time.js'
import { isAnswering } from './ports.ts'

/** The server's default is one day: Friday's failures would be gone by Monday. */
const RETENTION_SECONDS = 30 * 24 * 60 * 60

/**
 * Waits until the server at that port serves the namespace, and makes it keep closed workflows for 30 days.
 * @param stillRuns asked between two tries, and at the end: a server that lost a race for its port ends at once, and the
 *   one that answers there is then another's
 * @returns false when `stillRuns` said no, or time was up
 */
export async function namespaceIsReady(
  port: number,
  namespace: string,
  withinMs: number,
  stillRuns: () => Promise<boolean>,
): Promise<boolean> {
  const until = Date.now() + withinMs
  while (Date.now() < until && (await stillRuns())) {
    // A gRPC channel that met a closed port backs off for a second, so the port is asked first.
    if ((await isAnswering(port)) && (await keepClosedWorkflows(`127.0.0.1:${port}`, namespace))) return stillRuns()
    await sleep(50)
  }
  return false
}

/** @returns false when the server does not answer yet, or does not know the namespace yet */
async function keepClosedWorkflows(address: string, namespace: string): Promise<boolean> {
  const connection = Connection.lazy({ address, interceptors: [] })
  try {
    return await connection.withDeadline(Date.now() + 5_000, async () => {
      const { config } = await connection.workflowService.describeNamespace({ namespace })
      if (Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) >= RETENTION_SECONDS) return true
      const workflowExecutionRetentionTtl = msToTs(RETENTION_SECONDS * 1000)
      await connection.workflowService.updateNamespace({ namespace, config: { workflowExecutionRetentionTtl } })
      return true
    })
  } catch {
    return false
  } finally {
    await connection.close()
  }
}
