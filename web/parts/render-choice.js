/** Which model renders a scene, and how many clips of it are bought to choose from: each with what it costs. */
import { usd } from '../format.js'
import { html, nothing } from '../lit-html/lit-html.js'
import { namedAndPriced } from './estimate.js'
import { MOST_VARIANTS } from './scene-fields.js'

const COUNTS = Array.from({ length: MOST_VARIANTS }, (_, index) => index + 1)

/**
 * @param {{ id: string, label: string, hint: string, options: unknown, isBroad?: boolean }} field
 * @param {(chosen: string) => void} choose
 */
const select = ({ id, label, hint, options, isBroad = false }, choose) => html`<div class=${isBroad ? 'broad' : ''}>
  <label for=${id}>${label}</label>
  <select id=${id} aria-describedby=${`about-${id}`} @change=${(/** @type {Event} */ { target }) => choose(/** @type {HTMLSelectElement} */ (target).value)}>
    ${options}
  </select>
  <p class="hint" id=${`about-${id}`} role="status">${hint}</p>
</div>`

/** @param {string} value @param {string} chosen @param {string} text @param {boolean} [isOff] */
const option = (value, chosen, text, isOff = false) =>
  html`<option value=${value} .selected=${value === chosen} ?disabled=${isOff}>${text}</option>`

/** What a reviewer has to know of a model that ends with no photo. @param {{ name: string }} model */
export const movesFreely = ({ name }) => `${name} takes no second photo: the scene moves freely from its first one.`

/**
 * @param {import('../pages/job.js').JobPage} ctx
 * @param {{ id: string, chosen: string, hasLast: boolean, least?: number }} field `chosen` is empty for the job's model;
 *   whether the scene has a second photo; and the seconds that it has to be rendered for
 * @param {(model: string) => void} choose
 */
export function modelChoice({ job, models }, { id, chosen, hasLast, least = 0 }, choose) {
  const ofJob = models.find((one) => one.id === job.video_model)
  const others = models.filter((one) => one.kind === 'video' && (one !== ofJob || chosen === one.id))
  const [drafts, renders] = [
    models.find(({ is_draft }) => is_draft),
    models.find((one) => one.id === (chosen || job.video_model)),
  ]
  /** @param {string} value @param {import('./estimate.js').Model} model @param {string} before */
  const offer = (value, model, before) => {
    const most = Math.max(...model.durations)
    const text = `${before}${namedAndPriced(model)}`
    return option(value, chosen, most < least ? `${text}: ${most} s at most` : text, most < least)
  }
  const hints = [
    job.quality === 'draft' && drafts ? `In full quality. The draft is made by ${namedAndPriced(drafts)}.` : '',
    hasLast && renders?.last_frame === false ? movesFreely(renders) : '',
    // The storyboard was written for the job's.
    hasLast && renders?.last_frame === false && ofJob?.last_frame
      ? 'What its prompt says of the second photo is better taken out.'
      : '',
  ]
  const options = html`${ofJob ? offer('', ofJob, 'As the job: ') : option('', chosen, 'As the job')}
    ${others.map((one) => offer(one.id, one, ''))}
    ${chosen && !renders ? option(chosen, chosen, chosen) : nothing}`
  return select({ id, label: 'Model', hint: hints.filter(Boolean).join(' '), options, isBroad: true }, choose)
}

/**
 * @param {{ id: string, chosen: string, usual?: number, price: number | null }} field `usual` is what the job says, where
 *   that can be chosen; `price` is of one clip, in USD
 * @param {(variants: string) => void} choose
 */
export function clipsChoice({ id, chosen, usual, price }, choose) {
  const text = (/** @type {number} */ count) => `${count}${price === null ? '' : ` for ${usd(count * price)}`}`
  const options = html`${usual ? option('', chosen, `As the job: ${text(usual)}`) : nothing}
    ${COUNTS.map((count) => option(String(count), chosen, text(count)))}`
  const hint = 'All are paid for. The film shows the first that is there.'
  return select({ id, label: 'Clips to choose from', hint, options }, choose)
}
