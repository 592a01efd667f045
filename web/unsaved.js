/** What somebody wrote and has not sent: it is asked about before it is lost. */
import { confirmed } from './parts/dialogs.js'

/** @type {Set<() => boolean>} */
const holders = new Set()
let isAsking = false

/** Whether something would be lost with the page. */
export const isUnsaved = () => [...holders].some((has) => has())

/**
 * @param {() => boolean} has whether something is written and not sent
 * @returns {() => void} ends it
 */
export function holdUnsaved(has) {
  holders.add(has)
  return () => holders.delete(has)
}

/** Whether the page may be left: nothing would be lost, or whoever wrote it says so. */
export async function mayLeave() {
  if (!isUnsaved()) return true
  if (isAsking) return false
  isAsking = true
  const agreed = await mayDiscard('Leave this page?')
  isAsking = false
  return agreed
}

/** @param {string} title */
export const mayDiscard = (title) =>
  confirmed({
    title,
    text: 'What you wrote here is not saved, and would be lost.',
    yes: 'Discard it',
    no: 'Keep writing',
    isLoss: true,
  })

// The browser's own ways out: there it asks, in its own words.
addEventListener('beforeunload', (event) => {
  if (isUnsaved()) event.preventDefault()
})
