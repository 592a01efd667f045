/**
 * The browser's one event stream, and whether it is connected. One of its tabs has it, of those that somebody sees, and
 * tells the others: a browser allows a server six connections, whatever the number of tabs. It resumes by itself where it
 * was cut off, and in the next tab where the one before is closed, so no event is lost; when it opens, pages still read
 * again what they had read before.
 */

import { get, query } from './api.js'
import { newId } from './new-id.js'

const AGAIN_MS = 2000
const NAME = 'greenlight.events'

/** @typedef {{ type: string, job_id: number, seq: number } & Record<string, any>} LiveEvent */
/**
 * What tabs tell each other: what happened and its number in the stream, whether that is connected, or who wants to know.
 * @typedef {{ event: LiveEvent, id: string } | { connected: boolean, to?: string } | { asks: string }} Message
 */

/** As in domain/job-events.ts: a browser tells only of those that it was asked for by name. */
export const TYPES = [
  ...['created', 'storyboard', 'storyboard_failed', 'note', 'deleted'],
  ...['approved', 'rejected', 'canceled', 'resolved', 'over_budget', 'budget_overridden'],
  ...['progress', 'scene', 'film', 'revision', 'scene_revision'],
  ...['music', 'music_failed', 'music_segment', 'voice_over', 'voice_over_too_long'],
]

const me = newId()
const others = new BroadcastChannel(NAME)
/** @type {Set<(event: LiveEvent) => void>} */
const readers = new Set()
/** @type {Set<(connected: boolean) => void>} */
const watchers = new Set()
/** @type {EventSource | undefined} */
let stream
/** Where to go on from when the browser has given up, or the tab that had the stream is gone. */
let last = ''
let isWanted = false
/** Of the stream that this tab has; unknown until it has opened or failed. @type {boolean | undefined} */
let isConnected
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer
/** Ends the waiting for the stream, and then the having of it. */
let giveUp = () => {}

function begin() {
  isWanted = true
  others.onmessage = ({ data }) => hear(data)
  takePart()
  addEventListener('visibilitychange', () => (document.hidden ? giveUp() : takePart()))
}

/** Has the stream as soon as no other tab has it. */
function takePart() {
  giveUp()
  if (document.hidden) return
  const waiting = new AbortController()
  const over = new Promise((resolve) => {
    giveUp = () => {
      waiting.abort()
      close()
      resolve(undefined)
    }
  })
  const have = () => {
    if (waiting.signal.aborted) return
    open()
    return over
  }
  // Where there is no HTTPS, browsers have no locks: then each tab has its own.
  if (navigator.locks) {
    navigator.locks.request(NAME, { signal: waiting.signal }, have).catch(() => {})
    others.postMessage({ asks: me })
  } else have()
}

function open() {
  close()
  stream = new EventSource(`/api/v3/events${query({ last_event_id: last })}`)
  stream.onopen = () => tell({ connected: true })
  stream.onerror = () => {
    tell({ connected: false })
    // The browser gives up on an answer that is no stream, such as that of a proxy whose server is just starting.
    if (stream?.readyState === EventSource.CLOSED) timer = setTimeout(again, AGAIN_MS)
  }
  for (const type of TYPES) {
    stream.addEventListener(type, ({ data, lastEventId }) =>
      tell({ event: { ...JSON.parse(data), type }, id: lastEventId }),
    )
  }
}

function close() {
  clearTimeout(timer)
  stream?.close()
  stream = undefined
  isConnected = undefined
}

/** Only an ordinary question tells whether the session has ended, and then leads to sign-in. */
async function again() {
  const refused = await get('/session').then(
    () => null,
    ({ status }) => status,
  )
  if (refused !== 401 && stream) open()
}

/** @param {Message} message */
function tell(message) {
  if ('connected' in message) isConnected = message.connected
  if (navigator.locks) others.postMessage(message)
  hear(message)
}

/** @param {Message} message */
function hear(message) {
  if ('asks' in message) {
    if (isConnected !== undefined) others.postMessage({ connected: isConnected, to: message.asks })
  } else if ('connected' in message) {
    if (!document.hidden && (message.to ?? me) === me) for (const watch of watchers) watch(message.connected)
  } else {
    last = message.id
    if (!document.hidden) for (const read of [...readers]) read(message.event)
  }
}

/**
 * @param {(event: LiveEvent) => void} read
 * @returns {() => void} ends it
 */
export function onEvent(read) {
  readers.add(read)
  if (!isWanted) begin()
  return () => readers.delete(read)
}

/**
 * @param {(connected: boolean) => void} watch told whenever it opens or breaks
 * @returns {() => void} ends it
 */
export function onConnection(watch) {
  watchers.add(watch)
  return () => watchers.delete(watch)
}
