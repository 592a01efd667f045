/** Which photos a storyboard does without, and which it could only guess a room for. */
import { html, nothing } from '../lit-html/lit-html.js'

/** Named in the line itself. */
const NAMED = 3

/**
 * @param {{ name: string, type: string | null, confidence: number | null, left_out: string | null }[]} photos
 */
export function leftOut(photos) {
  const out = photos.filter(({ left_out }) => left_out !== null)
  const guessed = photos.filter(({ type, confidence }) => type !== null && confidence === 0)
  return html`${
    out.length > 0
      ? html`<details class="faint left-out">
          <summary>${out.length === 1 ? '1 photo was' : `${out.length} photos were`} left out: ${names(out)}</summary>
          <ul>
            ${out.map(({ name, left_out }) => html`<li><strong>${name}</strong>: ${left_out}</li>`)}
          </ul>
        </details>`
      : nothing
  }${
    guessed.length > 0
      ? html`<p class="faint">
          ${guessed.length === 1 ? 'Nothing says' : `Nothing says of ${guessed.length} photos`} which room
          ${guessed.length === 1 ? `${guessed[0]?.name} shows` : 'they show'}: look whether the scene types are right. A tag or a name such as
          “kitchen” tells it.
        </p>`
      : nothing
  }`
}

/** @param {{ name: string }[]} photos */
function names(photos) {
  const more = photos.length - NAMED
  return (
    photos
      .slice(0, NAMED)
      .map(({ name }) => name)
      .join(', ') + (more > 0 ? ` and ${more} more` : '')
  )
}
