/** What Temporal remembers of the run: every workflow closed, every history replayable. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import { Worker } from '@temporalio/worker'
import { workflowBundle } from '../../temporal/workflow-bundle.ts'
import type { Seen } from './frontend.ts'

const CLOSED_WITHIN_MS = 20_000

export async function workflowProblems(client: Client, seen: Seen[]): Promise<string[]> {
  const problems: string[] = []
  for (const until = Date.now() + CLOSED_WITHIN_MS; ; await sleep(500)) {
    const running = await idsOf(client, 'ExecutionStatus = "Running"')
    if (running.length === 0) break
    if (Date.now() < until) continue
    problems.push(...running.map((id) => `The workflow ${id} still runs.`))
    break
  }
  const jobs = client.workflow.list({ query: 'WorkflowType = "videoJob"' })
  const replayed = Worker.runReplayHistories({ workflowBundle: await workflowBundle() }, jobs.intoHistories())
  let count = 0
  for await (const { workflowId, error } of replayed) {
    count++
    if (error) problems.push(`The workflow ${workflowId} does not replay: ${error.message}`)
  }
  if (count < seen.length) problems.push(`Temporal has ${count} workflows of ${seen.length} jobs.`)
  return problems
}

async function idsOf(client: Client, query: string): Promise<string[]> {
  const ids: string[] = []
  for await (const { workflowId } of client.workflow.list({ query })) ids.push(workflowId)
  return ids
}
