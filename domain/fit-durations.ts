/** Fitting a film's scenes to a length. Pure: no I/O. */

/**
 * Makes scenes longer or shorter, a step of `allowed` at a time, until together they are as near to `total` as they get.
 * Whoever wrote them gave each its length, so no more are changed than have to be, the last ones first.
 * @param durations seconds, each one of `allowed`
 * @param allowed seconds, ascending
 * @param total seconds
 */
export function fitDurations(durations: readonly number[], allowed: readonly number[], total: number): number[] {
  const fitted = [...durations]
  for (;;) {
    const missing = total - fitted.reduce((sum, seconds) => sum + seconds, 0)
    const step = bestStep(fitted, allowed, missing)
    if (!step) return fitted
    fitted[step.index] = step.to
  }
}

interface Step {
  index: number
  from: number
  to: number
  /** By how much nearer it comes, in seconds. */
  gain: number
}

/** Null when no step comes nearer. Of equals, the one that keeps the scenes alike: the shortest grows, the longest shrinks. */
function bestStep(durations: readonly number[], allowed: readonly number[], missing: number): Step | null {
  const grows = missing > 0
  let best: Step | null = null
  for (const [index, from] of durations.entries()) {
    const to = grows ? allowed.find((longer) => longer > from) : allowed.findLast((shorter) => shorter < from)
    if (to === undefined) continue
    const gain = Math.abs(missing) - Math.abs(missing - (to - from))
    if (gain <= 0) continue
    const keepsAlike = best !== null && gain === best.gain && (grows ? from <= best.from : from >= best.from)
    if (!best || gain > best.gain || keepsAlike) best = { index, from, to, gain }
  }
  return best
}
