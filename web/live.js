/**
 * The tab's one event stream, and whether it is connected. It resumes by itself where it was cut off, so no event is lost;
 * when it comes back, pages may still want to read what they show again.
 */

/** @typedef {{ type: string, job_id: number, seq: number } & Record<string, any>} LiveEvent */

const TYPES = [
  ...['created', 'storyboard', 'storyboard_failed', 'decision', 'progress', 'scene', 'scene_revision', 'revision'],
  ...['music', 'music_segment', 'note', 'canceled', 'deleted'],
]

/** @type {Set<(event: LiveEvent) => void>} */
const readers = new Set()
/** @type {Set<(connected: boolean) => void>} */
const watchers = new Set()
/** @type {EventSource | undefined} */
let stream
let connected = true

function open() {
  stream = new EventSource('/api/v3/events')
  stream.onopen = () => say(true)
  stream.onerror = () => {
    say(false)
    // The browser gives up on an answer that is no stream, such as that of a server that is just starting.
    if (stream?.readyState === EventSource.CLOSED) setTimeout(open, 2000)
  }
  for (const type of TYPES) {
    stream.addEventListener(type, (message) => {
      const event = { ...JSON.parse(message.data), type }
      for (const read of [...readers]) read(event)
    })
  }
}

/** @param {boolean} now */
function say(now) {
  if (now === connected) return
  connected = now
  for (const watch of watchers) watch(now)
}

/**
 * @param {(event: LiveEvent) => void} read
 * @returns {() => void} ends it
 */
export function onEvent(read) {
  readers.add(read)
  if (!stream) open()
  return () => readers.delete(read)
}

/**
 * @param {(connected: boolean) => void} watch told whenever it changes
 * @returns {() => void} ends it
 */
export function onConnection(watch) {
  watchers.add(watch)
  return () => watchers.delete(watch)
}
