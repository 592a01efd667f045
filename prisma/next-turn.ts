/**
 * For an act of which one at a time is enough: whoever asks gets the next one that begins, never the one that is under way,
 * which may have begun before what the caller knows of. Those who ask meanwhile share it.
 */
export function nextTurn<T>(act: () => Promise<T>): () => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  let waiting: Promise<T> | undefined
  return () => {
    waiting ??= last
      .catch(() => {})
      .then(() => {
        waiting = undefined
        const turn = act()
        last = turn
        return turn
      })
    return waiting
  }
}
