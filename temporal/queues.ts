/** Which task queues a worker process serves. */
import { parseArgs } from 'node:util'
import { TASK_QUEUES } from '../workflows/contract.ts'

export type TaskQueue = (typeof TASK_QUEUES)[keyof typeof TASK_QUEUES]

export const ALL_QUEUES: readonly TaskQueue[] = Object.values(TASK_QUEUES)

/**
 * Reads `--queues greenlight-media,greenlight-poll`; without it, all.
 * @throws Error that lists the queues when one is unknown or none is named
 */
export function readQueues(args: string[]): readonly TaskQueue[] {
  const { values } = parseArgs({ args, options: { queues: { type: 'string' } } })
  if (values.queues === undefined) return ALL_QUEUES
  const named = values.queues.split(',').map((name) => name.trim())
  const unknown = named.filter((name) => !(ALL_QUEUES as readonly string[]).includes(name))
  if (unknown.length === 0) return ALL_QUEUES.filter((queue) => named.includes(queue))
  throw new Error(
    `There is no task queue "${unknown.join('", "')}": --queues takes some of ${ALL_QUEUES.join(', ')}, separated by commas.`,
  )
}
