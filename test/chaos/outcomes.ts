/** Whether each job ended as it had to. */
import type { Seen } from './frontend.ts'

export function outcomeProblems({ planned, id, first, job }: Seen): string[] {
  const { fails, afterwards, canceledAfter } = planned
  const said = `${job.status}, ${job.current_stage}: ${job.progress.error ?? job.revision?.error ?? 'no error'}`
  const problem = (sentence: string) => [`Job ${id} ${sentence} (${said})`]
  if (canceledAfter !== null && job.current_stage === 'canceled') return []
  if (fails && first.status === 'failed' && !fails.reason.test(first.progress.error ?? '')) {
    return problem(`does not say why it failed: ${fails.of}.`)
  }
  if (fails && !afterwards) {
    return job.status === 'failed' ? [] : problem(`completed, although it was to fail: ${fails.of}.`)
  }
  if (job.status !== 'completed') return problem('was approved and has not completed.')
  return job.revision?.state === 'failed' ? problem('was asked for more, which failed.') : []
}
