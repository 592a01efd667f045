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
const MOST_SCENES = 10
export const SCENES_OF_A_BRIEF = 4

/**
 * How many scenes a film will have.
 * @param {string} kind
 * @param {number} photos
 * @param {number} asked 0 where nobody said
 */
export function scenesOf(kind, photos, asked) {
  if (kind === 'property_photos') return Math.min(MOST_SCENES, photos)
  if (asked > 0) return asked
  return kind === 'campaign' ? SCENES_OF_A_BRIEF : Math.min(MOST_SCENES, photos - 1)
}
