/** Of what a tour of a property consists: what its scenes may be called, as the API's `property_types`. */
import { inWords } from '../format.js'
import { html } from '../lit-html/lit-html.js'

/** What the API takes where nobody says. */
const USUAL = ['exterior', 'interior', 'kitchen', 'bedroom', 'bathroom', 'living_room']

/** What somebody writes stays when another kind is looked at. @param {boolean} isAsked */
export const roomFields = (isAsked) => html`<fieldset class="rooms" ?hidden=${!isAsked}>
  <legend>What there is to see</legend>
  ${USUAL.map(
    (type) =>
      html`<label class="room"><input type="checkbox" name="room" value=${type} .defaultChecked=${true} />${inWords(type)}</label>`,
  )}
  <div class="others">
    <label for="other_rooms">What else, with commas between</label>
    <input id="other_rooms" name="other_rooms" maxlength="200" placeholder="garden, wine cellar" autocomplete="off" />
  </div>
</fieldset>`

/** What a form says of it; undefined for the usual. @param {FormData} form @returns {string[] | undefined} */
export function roomsOf(form) {
  const others = String(form.get('other_rooms') ?? '').split(',')
  const named = others.map((name) => name.trim().toLowerCase().replaceAll(/\s+/g, '_')).filter(Boolean)
  const all = [...form.getAll('room').map(String), ...named]
  return all.length === 0 || all.join() === USUAL.join() ? undefined : all
}
