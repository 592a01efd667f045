/**
 * The tab's one event stream, and whether it is connected. It resumes by itself where it was cut off, so no event is lost;
 * when it opens, pages still read again what they had read before. A tab that nobody sees has none: a browser allows a
 * server six connections, whatever the number of tabs.
 */
import { get, query } from './api.js'

const AGAIN_MS = 2000

/** @typedef {{ type: string, job_id: number, seq: number } & Record<string, any>} LiveEvent */

/** As in domain/job-events.ts: a browser tells only of those that it was asked for by name. */
export const TYPES = [
  ...['created', 'storyboard', 'storyboard_failed', 'note', 'deleted'],
  ...['approved', 'rejected', 'canceled', 'resolved'],
  ...['progress', 'scene', 'film', 'revision', 'scene_revision'],
  ...['music', 'music_failed', 'music_segment', 'voice_over', 'voice_over_too_long'],
]

/** @type {Set<(event: LiveEvent) => void>} */
const readers = new Set()
/** @type {Set<(connected: boolean) => void>} */
const watchers = new Set()
/** @type {EventSource | undefined} */
let stream
/** Where to go on from when the browser has given up. */
let last = ''
let isWanted = false
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer

function open() {
  close()
  if (document.hidden) return
  stream = new EventSource(`/api/v3/events${query({ last_event_id: last })}`)
  stream.onopen = () => say(true)
  stream.onerror = () => {
    say(false)
    // The browser gives up on an answer that is no stream, such as that of a proxy whose server is just starting.
    if (stream?.readyState === EventSource.CLOSED) timer = setTimeout(again, AGAIN_MS)
  }
  for (const type of TYPES) {
    stream.addEventListener(type, (message) => {
      last = message.lastEventId
      const event = { ...JSON.parse(message.data), type }
      for (const read of [...readers]) read(event)
    })
  }
}

function begin() {
  isWanted = true
  open()
  addEventListener('visibilitychange', () => (document.hidden ? close() : open()))
}

function close() {
  clearTimeout(timer)
  stream?.close()
  stream = undefined
}

/** Only an ordinary question tells whether the session has ended, and then leads to sign-in. */
async function again() {
  const refused = await get('/session').then(
    () => null,
    ({ status }) => status,
  )
  if (refused !== 401) open()
}

/** @param {boolean} now */
function say(now) {
  for (const watch of watchers) watch(now)
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
