/**
 * Keeps what was read from the rows until any row changes. An answer from here is what reading the rows at that moment would
 * give, whichever process wrote them last (docs/decisions/0018-reads-kept-until-a-commit.md).
 */
import type { Changes } from '../prisma/changes.ts'
import { callerScope } from './auth/caller-scope.ts'

const AT_MOST = 500

/**
 * @param read reads rows by a key, and nothing that changes without them
 * @returns the same, at the cost of a look whether anything changed; each caller gets what that caller may see
 */
export function keepWhileUnchanged<K extends string | number, T>(
  changes: Changes,
  read: (key: K) => Promise<T>,
): (key: K) => Promise<T> {
  let stamp: unknown
  const kept = new Map<string, Promise<T>>()
  const readAt = (now: unknown, key: K) => {
    if (now !== stamp || kept.size >= AT_MOST) kept.clear()
    stamp = now
    const scopedKey = `${callerScope() ?? 'every client'} ${key}`
    const known = kept.get(scopedKey)
    if (known) return known
    const reading = read(key)
    kept.set(scopedKey, reading)
    reading.catch(() => {
      if (kept.get(scopedKey) === reading) kept.delete(scopedKey)
    })
    return reading
  }
  return (key) => {
    // Before the rows are read: what is written meanwhile makes the next stamp another.
    const now = changes.stamp()
    return now instanceof Promise ? now.then((told) => readAt(told, key)) : readAt(now, key)
  }
}
