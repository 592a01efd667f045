/**
 * Where a reader of all jobs' events is. No single number could say it: transactions commit out of order. So it is a
 * moment, up to a minute before which everything is known, and the newest event seen of every job since.
 */

export interface Cursor {
  /** Milliseconds. */
  time: number
  /** By job, the seq of the newest event that was handed over. */
  seen: Map<number, number>
}

/** What is left out above this comes a second time after a reconnect; a header must stay short. */
const MOST_JOBS = 400
const FORM = /^[0-9a-z]{1,10}(\.[0-9a-z]{1,7}-[0-9a-z]{1,7})*$/

export function encodeCursor({ time, seen }: Cursor): string {
  const newest = [...seen].slice(-MOST_JOBS)
  return [time.toString(36), ...newest.map(([jobId, seq]) => `${jobId.toString(36)}-${seq.toString(36)}`)].join('.')
}

/** Null when it is none of ours. */
export function decodeCursor(text: string): Cursor | null {
  if (!FORM.test(text) || text.length > 8_192) return null
  const [time = '', ...jobs] = text.split('.')
  const seen = jobs.map((job): [number, number] => {
    const [jobId = '', seq = ''] = job.split('-')
    return [Number.parseInt(jobId, 36), Number.parseInt(seq, 36)]
  })
  return { time: Math.min(Number.parseInt(time, 36), 8.64e15), seen: new Map(seen) }
}
