/** The photos of a film, in its order: each can be taken out and put back, moved, and sent again when that failed. */
import { repeat } from '../lit-html/directives/repeat.js'
import { html, nothing } from '../lit-html/lit-html.js'

/** @typedef {import('./uploads.js').Photo} Photo */

/** @param {ReturnType<typeof import('./uploads.js').createUploads>} uploads */
export function createPhotoTiles(uploads) {
  let said = ''
  /** @type {Photo | null} */
  let dragged = null

  const inFilm = () => uploads.list.filter(({ problem, isOut }) => !problem && !isOut)

  /** What had the focus is gone: its neighbour gets it. @param {number} at among the photos of the film */
  function focusPhoto(at) {
    /** @type {NodeListOf<HTMLElement>} */
    const buttons = document.querySelectorAll('.tile .take-out')
    const near = buttons[Math.min(Math.max(at, 0), buttons.length - 1)]
    const target = near ?? document.getElementById('files')
    target?.focus()
  }

  /** @param {Photo} photo */
  function takeOut(photo) {
    const at = inFilm().indexOf(photo)
    said = photo.done ? `${photo.name} is not in this film.` : `${photo.name} was removed.`
    uploads.takeOut(photo)
    focusPhoto(at)
  }

  /** @param {Photo} photo */
  function putBack(photo) {
    said = `${photo.name} is in the film again.`
    uploads.putBack(photo)
    focusPhoto(inFilm().indexOf(photo))
  }

  /** @param {Photo} photo @param {number} by @param {Event} event */
  function move(photo, by, { currentTarget }) {
    const photos = inFilm()
    const to = photos.indexOf(photo) + by
    said = `${photo.name} is photo ${to + 1} now.`
    uploads.move(photo, photos[to])
    const pressed = /** @type {HTMLButtonElement} */ (currentTarget)
    // At the end of the row it can only go back.
    const back = by < 0 ? pressed.nextElementSibling : pressed.previousElementSibling
    const target = pressed.disabled ? back : pressed
    if (target instanceof HTMLElement) target.focus()
  }

  /** @param {Photo} photo @param {DragEvent} event */
  function lift(photo, { dataTransfer }) {
    dragged = photo
    if (dataTransfer) dataTransfer.effectAllowed = 'move'
    // Without anything to carry, some browsers do not drag.
    dataTransfer?.setData('text/plain', photo.name)
    uploads.changed()
  }

  /** It goes to the place of the one that it is over; the others make room. @param {Photo} photo @param {DragEvent} event */
  function over(photo, event) {
    if (!dragged) return
    event.preventDefault()
    if (dragged !== photo) uploads.move(dragged, photo)
  }

  function drop() {
    if (dragged) said = `${dragged.name} is photo ${inFilm().indexOf(dragged) + 1} now.`
    dragged = null
    uploads.changed()
  }

  /** @param {Photo} photo @param {number} index @param {number} count @param {boolean} isOrdered */
  function tile(photo, index, count, isOrdered) {
    const { name, preview, sent, done } = photo
    return html`<li
      class="tile"
      draggable=${isOrdered && count > 1 ? 'true' : nothing}
      data-dragged=${photo === dragged ? 'yes' : nothing}
      @dragstart=${(/** @type {DragEvent} */ event) => lift(photo, event)}
      @dragover=${(/** @type {DragEvent} */ event) => over(photo, event)}
      @dragend=${drop}
    >
      ${preview ? html`<img src=${preview} alt=${name} loading="lazy" draggable="false" />` : html`<span class="name">${name}</span>`}
      ${isOrdered ? html`<span class="number" aria-hidden="true">${index + 1}</span>` : nothing}
      <button class="on-photo take-out" type="button" @click=${() => takeOut(photo)} aria-label=${`Take ${name} out of the film`}>×</button>
      ${
        isOrdered && count > 1
          ? html`<span class="order">
              <button class="on-photo" type="button" ?disabled=${index === 0} @click=${(/** @type {Event} */ event) => move(photo, -1, event)} aria-label=${`Move ${name} earlier`}>←</button>
              <button class="on-photo" type="button" ?disabled=${index === count - 1} @click=${(/** @type {Event} */ event) => move(photo, 1, event)} aria-label=${`Move ${name} later`}>→</button>
            </span>`
          : nothing
      }
      ${done ? nothing : html`<progress max="1" .value=${sent} aria-label=${`Sending ${name}`}></progress>`}
    </li>`
  }

  /** @param {Photo} photo */
  const refused = (photo) => html`<li class="refused" data-tone="failed">
    ${photo.preview ? html`<img src=${photo.preview} alt="" />` : nothing}
    <span class="why">${photo.name}: ${photo.problem}</span>
    <button class="button small" type="button" @click=${() => uploads.tryAgain(photo)} aria-label=${`Try again: ${photo.name}`}>Try again</button>
    <button class="quiet" type="button" @click=${() => takeOut(photo)} aria-label=${`Remove ${photo.name}`}>Remove</button>
  </li>`

  /** @param {Photo} photo */
  const leftOut = (photo) => html`<li>
    <button class="put-back" type="button" @click=${() => putBack(photo)} aria-label=${`Put back ${photo.name}`}>
      <img src=${photo.preview} alt="" loading="lazy" /><span aria-hidden="true">Put back</span>
    </button>
  </li>`

  return {
    /** @param {boolean} isOrdered whether the film shows them in their order */
    template(isOrdered) {
      const photos = inFilm()
      const failed = uploads.list.filter(({ problem }) => problem)
      const out = uploads.list.filter(({ isOut }) => isOut)
      return html`<p class="unseen" role="status">${said}</p>
        ${
          photos.length > 0
            ? html`<ul class="tiles" aria-label="Photos of the film">
                ${repeat(
                  photos,
                  (photo) => photo,
                  (photo, index) => tile(photo, index, photos.length, isOrdered),
                )}
              </ul>`
            : nothing
        }
        ${failed.length > 0 ? html`<ul class="problems" aria-label="Photos that could not be sent">${repeat(failed, (photo) => photo, refused)}</ul>` : nothing}
        ${
          out.length > 0
            ? html`<h3 class="out" id="left-out">Not in this film</h3>
                <ul class="left-out" aria-labelledby="left-out">${repeat(out, (photo) => photo, leftOut)}</ul>`
            : nothing
        }`
    },
  }
}
