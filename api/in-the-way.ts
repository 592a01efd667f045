/** How a deletion is refused: the jobs that are in the way, by name. */

/** "job 4", "jobs 4 and 7", "jobs 4, 7, 9 and 12 more". */
export function namedJobs(ids: number[]): string {
  if (ids.length === 1) return `job ${ids[0]}`
  const shown = ids.length > 4 ? ids.slice(0, 3) : ids.slice(0, -1)
  const last = ids.length > 4 ? `${ids.length - 3} more` : ids.at(-1)
  return `jobs ${shown.join(', ')} and ${last}`
}
