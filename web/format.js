/** Money, times and states in words. */

const dollars = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' })
const moments = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })
const clockTimes = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' })
const ages = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' })

/** @param {number} amount USD */
export const usd = (amount) => dollars.format(amount)

/** @param {string} at ISO 8601 */
export const moment = (at) => moments.format(new Date(at))

/** @param {string} at ISO 8601, today */
export const clockTime = (at) => clockTimes.format(new Date(at))

/** @param {string} at ISO 8601 */
export function age(at) {
  const seconds = (Date.parse(at) - Date.now()) / 1000
  if (seconds > -60) return 'just now'
  if (seconds > -3600) return ages.format(Math.round(seconds / 60), 'minute')
  if (seconds > -86_400) return ages.format(Math.round(seconds / 3600), 'hour')
  return ages.format(Math.round(seconds / 86_400), 'day')
}

/** @param {number} seconds as 1:04 */
export function clock(seconds) {
  const whole = Math.floor(seconds)
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}

/** @param {number} seconds as 1:04.5 */
export const timecode = (seconds) => `${clock(seconds)}.${Math.floor((seconds % 1) * 10 + 1e-6)}`

/** @param {number} seconds as "6 s" or "6.5 s" */
export const duration = (seconds) => `${Number(seconds.toFixed(2))} s`

/** @type {Record<string, string>} */
const STAGES = {
  pending: 'Waiting for approval',
  starting_render: 'Starting',
  waiting_prediction: 'Rendering',
  downloading_video: 'Fetching clips',
  stitching: 'Stitching',
  audio_generation_pending: 'Music is next',
  audio_generation: 'Making music',
  completed: 'Done',
  audio_completed: 'Done',
  failed: 'Failed',
  rejected: 'Rejected',
  canceled: 'Canceled',
}

/** @param {{ status: string, current_stage: string, storyboard_ready?: boolean }} job */
export function stateOf({ status, current_stage: stage, storyboard_ready: ready }) {
  if (status === 'pending' && ready === false) return 'Writing the storyboard'
  if (status === 'approved') return 'Approved'
  return STAGES[stage] ?? stage
}

/**
 * Which of four colours a job's state has.
 * @param {{ status: string, current_stage: string }} job
 */
export function toneOf({ status, current_stage: stage }) {
  if (status === 'pending') return 'waiting'
  if (status === 'completed') return 'done'
  if (status === 'failed') return stage === 'failed' ? 'failed' : 'ended'
  return 'busy'
}

/** @type {Record<string, string>} */
const SCENE_STATES = {
  pending: 'Waiting',
  submitting: 'Ordering',
  rendering: 'Rendering',
  downloading: 'Fetching',
  completed: 'Done',
  failed: 'Failed',
}

/** @param {{ state: string }} scene */
export const sceneState = ({ state }) => SCENE_STATES[state] ?? state

/** @param {string} name as in fade_black */
export const inWords = (name) => name.replaceAll('_', ' ')

/** @param {number} count @param {string} name of one, as in "1 scene" and "2 scenes" */
export const counted = (count, name) => `${count} ${name}${count === 1 ? '' : 's'}`

/** @param {number} count as "once", "twice", "3 times" */
export const times = (count) => ['never', 'once', 'twice'][count] ?? `${count} times`
