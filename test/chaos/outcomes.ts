/** Whether each job ended as it had to. */
import type { Seen } from './frontend.ts'

export function outcomeProblems({ planned, id, job }: Seen): string[] {
  const said = `${job.status}, ${job.current_stage}: ${job.progress.error}`
  const problem = (sentence: string) => [`Job ${id} ${sentence} (${said})`]
  const canceled = planned.canceledAfter !== null && job.current_stage === 'canceled'
  if (canceled || (job.status === 'completed' && !planned.fails)) return []
  if (planned.fails) {
    if (job.status !== 'failed') return problem(`completed, although it was to fail: ${planned.fails.of}.`)
    return planned.fails.reason.test(job.progress.error ?? '')
      ? []
      : problem(`does not say why it failed: ${planned.fails.of}.`)
  }
  return problem('was approved and has not completed.')
}
