/** The photos that a storyboard shows nowhere, each of which can have a scene of its own. */
import { get, query } from '../api.js'
import { repeat } from '../lit-html/directives/repeat.js'
import { html, nothing } from '../lit-html/lit-html.js'
import { still } from './photo-picker.js'

/** As many as the API tells of at once. */
const MOST_PHOTOS = 1000
/** More are counted. */
const MOST_SHOWN = 24

/** @typedef {{ id: string, name: string }} Photo */

/**
 * @param {import('../pages/job.js').JobPage} ctx
 * @param {object} doing
 * @param {(photo: Photo) => void} doing.addOne opens a new scene with it
 * @param {(photos: Photo[]) => Promise<boolean>} doing.addAll gives each a scene, at the end
 */
export function createUnseenPhotos(ctx, { addOne, addAll }) {
  /** Those that the film may show. @type {Photo[]} */
  let photos = []
  let isAsked = false

  async function load() {
    if (isAsked) return
    isAsked = true
    const { campaign_id, asset_ids: named } = ctx.job
    const all = await get(`/assets${query({ campaign_id, type: 'image', limit: MOST_PHOTOS })}`).catch(() => null)
    // Nothing is said of them then, until the job is read again.
    if (!all) isAsked = false
    else photos = all.data.filter((/** @type {Photo} */ { id }) => !named || named.includes(id)).reverse()
    ctx.draw()
  }

  function unseen() {
    const seen = new Set(ctx.job.storyboard.scenes.flatMap((/** @type {any} */ { asset_ids }) => asset_ids))
    return photos.filter(({ id }) => !seen.has(id))
  }

  /** @param {Photo} photo */
  const tile = (photo) => html`<li>
    <button class="put-back" type="button" @click=${() => addOne(photo)} aria-label=${`Give it a scene: ${photo.name}`}>
      <img src=${still(photo.id)} alt="" loading="lazy" /><span aria-hidden="true">Give it a scene</span>
    </button>
  </li>`

  /** @param {Photo[]} some */
  const offer = (
    some,
  ) => html`<h3 id="unseen">${some.length === 1 ? '1 photo is' : `${some.length} photos are`} in no scene</h3>
    <p class="hint">Each can have a scene of its own, at the end. What it costs is asked before anything is rendered.</p>
    <ul class="left-out" aria-labelledby="unseen">${repeat(some.slice(0, MOST_SHOWN), ({ id }) => id, tile)}</ul>
    ${some.length > MOST_SHOWN ? html`<p class="hint">And ${some.length - MOST_SHOWN} more.</p>` : nothing}
    ${some.length > 1 ? html`<button class="button small" type="button" @click=${() => addAll(some)}>Add ${some.length} scenes, one for each</button>` : nothing}`

  return {
    load,
    template() {
      const some = unseen()
      if (some.length === 0) return nothing
      return html`<section class="unseen-photos" aria-label="Photos that no scene shows">${offer(some)}</section>`
    },
  }
}
