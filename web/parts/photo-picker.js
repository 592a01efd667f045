/** The photo that a scene begins with, and the one that it ends with: of the campaign's, or a new one, sent right here. */
import { get, query } from '../api.js'
import { html, nothing } from '../lit-html/lit-html.js'
import { createUploads } from './uploads.js'

/** @param {string | undefined} id of a photo */
export const still = (id) => (id ? `/api/v3/assets/${id}/thumbnail` : '')

/**
 * @param {import('../pages/job.js').JobPage} ctx
 * @param {(string | undefined)[]} before ids of the first photo, and of the last where there is another
 * @param {(problem: string) => void} say what went wrong, or nothing more
 */
export function createPhotoPicker(ctx, before, say) {
  const chosen = [before[0], before[1]]
  /** @type {any[]} */
  let photos = []
  /** Which place a photo that is on its way is for. @type {Map<import('./uploads.js').Photo, 0 | 1>} */
  const coming = new Map()
  const uploads = createUploads(arrived, async () => ({ id: ctx.job.campaign_id }))

  get(`/assets${query({ campaign_id: ctx.job.campaign_id, type: 'image', limit: 200 })}`)
    .then(({ data }) => {
      photos = data
      ctx.draw()
      showChosen()
    })
    .catch((error) => say(error.message))

  /** A row goes beyond its end where there are many photos. Only the rows move: what is above them was not read yet. */
  function showChosen() {
    for (const input of document.querySelectorAll('.photos input:checked')) {
      const row = /** @type {Element} */ (input.closest('.photos'))
      const beyond = /** @type {Element} */ (input.closest('.photo')).getBoundingClientRect().right
      row.scrollLeft += Math.max(0, beyond - row.getBoundingClientRect().right)
    }
  }

  /** @param {0 | 1} which @param {string | undefined} id */
  function choose(which, id) {
    chosen[which] = id
    say('')
  }

  function arrived() {
    for (const [upload, which] of coming) {
      const { id, name, done, problem } = upload
      if (!done && !problem) continue
      coming.delete(upload)
      if (problem) say(`${name}: ${problem}`)
      else {
        photos = [{ id, name }, ...photos]
        choose(which, id)
      }
    }
    ctx.draw()
  }

  /** @param {0 | 1} which @param {Event} event */
  function bring(which, { target }) {
    const input = /** @type {HTMLInputElement} */ (target)
    for (const file of input.files ?? []) coming.set(uploads.addFile(file), which)
    // The same file may be chosen again, after it failed.
    input.value = ''
    ctx.draw()
  }

  /** @param {import('./uploads.js').Photo} upload */
  const onItsWay = ({ name, preview, sent }) => html`<span class="photo">
    <img src=${preview} alt=${name} />
    <progress max="1" .value=${sent} aria-label=${`Sending ${name}`}></progress>
  </span>`

  /** @param {0 | 1} which */
  const row = (which) => html`<fieldset class="wide">
    <legend>${which === 0 ? 'Begins with' : 'Ends with'}</legend>
    <div class="photos">
      <input class="unseen" id=${`bring-${which}`} type="file" accept="image/*,.heic" @change=${(/** @type {Event} */ event) => bring(which, event)} />
      <label class="photo bring" for=${`bring-${which}`}><span>Upload a photo</span></label>
      ${
        which === 1
          ? html`<label class="photo none">
              <input type="radio" name="picture-1" .checked=${!chosen[1]} @change=${() => choose(1, undefined)} />
              <span>Moves freely</span>
            </label>`
          : nothing
      }
      ${[...coming].map(([upload, place]) => (place === which ? onItsWay(upload) : nothing))}
      ${photos.map(
        ({ id, name }) => html`<label class="photo">
          <input type="radio" name=${`picture-${which}`} .checked=${chosen[which] === id} @change=${() => choose(which, id)} />
          <img src=${still(id)} alt=${name} loading="lazy" />
        </label>`,
      )}
    </div>
  </fieldset>`

  return {
    /** Ids of the photos: two, one, or none while there is none to begin with. */
    chosen: () => (chosen[0] ? /** @type {string[]} */ (chosen.filter(Boolean)) : []),
    isBusy: uploads.isBusy,
    leave: uploads.leave,
    template: () => html`${row(0)} ${row(1)}`,
  }
}
