/** What somebody wrote and has not sent, or is sending: it is asked about before it is lost. */
import { confirmed } from './parts/dialogs.js'

const WRITTEN = { text: 'What you wrote here is not saved, and would be lost.', yes: 'Discard it', no: 'Keep writing' }
const SENDING = { text: 'Files are on their way, and would not arrive.', yes: 'Leave it', no: 'Wait for them' }

/** @type {Map<() => boolean, typeof WRITTEN>} */
const holders = new Map()
let isAsking = false

/** What would be lost with the page. */
const loss = () => [...holders].find(([has]) => has())?.[1]

/** Whether something would be lost with the page. */
export const isUnsaved = () => loss() !== undefined

/** @param {() => boolean} has @param {typeof WRITTEN} would */
function hold(has, would) {
  holders.set(has, would)
  return () => holders.delete(has)
}

/**
 * @param {() => boolean} has whether something is written and not sent
 * @returns {() => void} ends it
 */
export const holdUnsaved = (has) => hold(has, WRITTEN)

/**
 * @param {() => boolean} has whether files are on their way
 * @returns {() => void} ends it
 */
export const holdSending = (has) => hold(has, SENDING)

/** Whether the page may be left: nothing would be lost, or whoever did it says so. */
export async function mayLeave() {
  const would = loss()
  if (!would) return true
  if (isAsking) return false
  isAsking = true
  const agreed = await confirmed({ title: 'Leave this page?', ...would, isLoss: true })
  isAsking = false
  return agreed
}

/** @param {string} title @param {boolean} isSending whether files are on their way; else something is written */
export const mayDiscard = (title, isSending) => confirmed({ title, ...(isSending ? SENDING : WRITTEN), isLoss: true })

// The browser's own ways out: there it asks, in its own words.
addEventListener('beforeunload', (event) => {
  if (isUnsaved()) event.preventDefault()
})
