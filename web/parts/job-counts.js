/** How many jobs have each status: asked in one question, and while much happens no more than once in a while. */
import { get, query } from '../api.js'

const NOT_BEFORE_MS = 1000

/**
 * @param {object} page
 * @param {() => Record<string, string>} page.filters
 * @param {(counts: Record<string, number>) => void} page.tell
 */
export function createJobCounts({ filters, tell }) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  let last = 0

  async function count() {
    timer = undefined
    last = Date.now()
    const of = JSON.stringify(filters())
    const answer = await get(`/jobs${query({ ...filters(), counts: 'true', limit: 1 })}`).catch(() => null)
    if (answer && of === JSON.stringify(filters())) tell(answer.meta.counts)
  }

  return {
    /** At once, or as soon as the last count is old enough. */
    anew() {
      timer ??= setTimeout(count, Math.max(0, last + NOT_BEFORE_MS - Date.now()))
    },
    leave: () => clearTimeout(timer),
  }
}
