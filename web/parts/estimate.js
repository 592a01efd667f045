/** What a film will cost, before it has a storyboard: by the prices that GET /models tells, as the server reckons later. */
import { usd } from '../format.js'

/**
 * @typedef {{ id: string, kind: string, name: string, is_default: boolean, is_draft: boolean, last_frame: boolean | null, durations: number[], rates: Rate[] }} Model
 * @typedef {{ unit: string, price: number, seconds: number | null, is_bought: boolean }} Rate
 */

/** @param {Model} model @param {number} [seconds] of a clip; any where none is named */
const rateOf = ({ rates }, seconds) =>
  rates.find((rate) => rate.is_bought && (!seconds || rate.seconds === null || rate.seconds === seconds))

/** USD, of a clip of that length, or of a piece of music. @param {Model} model @param {number} [seconds] */
export function priceOf(model, seconds) {
  const rate = rateOf(model, seconds)
  return rate ? rate.price * (rate.unit === 'second' ? (seconds ?? 1) : 1) : 0
}

/** A video model as people choose it: of any length. @param {Model} model */
export const namedAndPriced = (model) =>
  `${model.name}, ${usd(priceOf(model))} ${rateOf(model)?.unit === 'second' ? 'a second' : 'a clip'}`

/** The length that a model renders for who chose `seconds`, perhaps of another. @param {Model} model @param {number} seconds */
export function lengthOf({ durations }, seconds) {
  return durations.find((one) => one >= seconds) ?? durations[durations.length - 1]
}

/** Unasked, more photos make no more scenes. */
export const MOST_SCENES = 10
export const SCENES_OF_A_BRIEF = 4

/**
 * How many scenes a film will have.
 * @param {string} kind
 * @param {number} photos
 * @param {number} asked 0 where nobody said
 */
export function scenesOf(kind, photos, asked) {
  if (asked > 0) return kind === 'property_photos' ? Math.min(asked, photos) : asked
  return kind === 'campaign' ? SCENES_OF_A_BRIEF : Math.min(MOST_SCENES, scenesForAll(kind, photos))
}

/** How many it takes to show every photo for sure. @param {string} kind @param {number} photos */
export const scenesForAll = (kind, photos) => (kind === 'property_photos' ? photos : photos - 1)

/**
 * What renders a scene, in a draft and in full quality.
 * @param {any} job
 * @param {Model[]} models
 * @param {{ model?: string | null }} scene
 */
const renderersOf = (job, models, { model }) => {
  const own = models.find(({ id }) => id === (model ?? job.video_model))
  return { own, bought: job.quality === 'draft' ? models.find(({ is_draft }) => is_draft) : own }
}

/**
 * One clip of a scene, as its server reckons later.
 * @param {any} job
 * @param {Model[]} models
 * @param {{ model?: string | null, duration: number }} scene
 * @returns {number | null} USD; null while it can't be told
 */
export function clipPrice(job, models, scene) {
  const { own, bought } = renderersOf(job, models, scene)
  return own && bought ? priceOf(bought, lengthOf(bought, lengthOf(own, scene.duration))) : null
}

/** How many clips of a scene are bought that says nothing of it. @param {any} job */
export const usualVariants = ({ parameters }) => Number(parameters.variants) || 1

/**
 * What a film costs with one of its scenes other than it is, or with one more: as its server reckons later.
 * @param {any} job with its storyboard
 * @param {Model[]} models
 * @param {any | undefined} before the scene; undefined for one more
 * @param {{ duration?: number, voice_over: string | null, model?: string | null, variants?: number | null }} now
 * @returns {{ film: number, scene: number } | null} USD; null while it can't be told
 */
export function costWith(job, models, before, now) {
  const like = before ?? job.storyboard.scenes.at(-1)
  const speaks = models.find(({ kind }) => kind === 'voice')
  if (!speaks || !like) return null
  /** @param {{ duration: number, voice_over: string | null, model?: string | null, variants?: number | null }} one */
  const spokenAndSeen = (one) => {
    const clip = clipPrice(job, models, one)
    const spoken = priceOf(speaks) * [...(one.voice_over ?? '')].length
    return clip === null ? null : (one.variants ?? usualVariants(job)) * clip + spoken
  }
  const [was, is] = [spokenAndSeen(like), spokenAndSeen({ ...like, ...now })]
  if (was === null || is === null) return null
  // What it costs besides is its music, which stays as it is, and which another scene has too.
  const scene = like.estimated_cost - was + is
  return { film: job.costs.estimated - (before?.estimated_cost ?? 0) + scene, scene }
}
