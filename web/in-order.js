/** Puts answers into the order of their questions: one that was overtaken by the answer to a later question is old. */

/** @returns {() => () => boolean} called with each question; what it returns tells of the answer whether it is still news */
export function inOrder() {
  let asked = 0
  let told = 0
  return () => {
    const mine = ++asked
    return () => {
      if (mine < told) return false
      told = mine
      return true
    }
  }
}
