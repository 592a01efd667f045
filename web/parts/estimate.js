/** What a film will cost, before it has a storyboard: by the prices that GET /models tells, as the server reckons later. */

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

/** For what the price of a video model stands that is named without a length. @param {Model} model */
export const pricedBy = (model) => (rateOf(model)?.unit === 'second' ? 'a second' : 'a clip')

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
 * What a film costs with one of its scenes other than it is, or with one more: as its server reckons later.
 * @param {any} job with its storyboard
 * @param {Model[]} models
 * @param {any | undefined} before the scene; undefined for one more
 * @param {{ duration?: number, voice_over: string | null }} now
 * @returns {number | null} USD; null while it can't be told
 */
export function costWith(job, models, before, now) {
  const like = before ?? job.storyboard.scenes.at(-1)
  const renders = models.find(({ id, is_draft }) =>
    job.quality === 'draft' ? is_draft : id === (before?.model ?? job.video_model),
  )
  const speaks = models.find(({ kind }) => kind === 'voice')
  if (!renders || !speaks || !like) return null
  const clips = before?.variants ?? job.parameters.variants ?? 1
  /** @param {{ duration: number, voice_over: string | null }} scene */
  const spokenAndSeen = ({ duration, voice_over: said }) =>
    clips * priceOf(renders, lengthOf(renders, duration)) + priceOf(speaks) * [...(said ?? '')].length
  // What it costs besides is its music, which stays as it is, and which another scene has too.
  const scene = like.estimated_cost - spokenAndSeen(like) + spokenAndSeen({ ...like, ...now })
  return job.costs.estimated - (before?.estimated_cost ?? 0) + scene
}
