/** Questions that wait for an answer, before something is spent or lost. */
import { html, nothing, render } from '../lit-html/lit-html.js'

/**
 * @typedef {object} Question
 * @property {string} title
 * @property {string} text
 * @property {string} yes
 * @property {string} [no]
 * @property {{ to: string, text: string }} [instead] where something else can be done about it
 * @property {boolean} [isLoss] whether a yes takes something away: then Enter says no
 */

/**
 * @param {Question} question
 * @returns {Promise<boolean>}
 */
export async function confirmed(question) {
  return (await show(question)) !== null
}

/**
 * @param {Question & { label: string, value?: string, typed?: (text: string) => void }} question `typed` is told of every
 *   change of the answer, so that it can be there again
 * @returns {Promise<string | null>} null when it is called off
 */
export function askFor(question) {
  return show(question)
}

/**
 * @param {Question & { label?: string, value?: string, typed?: (text: string) => void }} question
 * @returns {Promise<string | null>}
 */
function show({ title, text, yes, no = 'Not now', isLoss = false, instead, label, value = '', typed }) {
  const dialog = document.createElement('dialog')
  dialog.setAttribute('aria-labelledby', 'question')
  document.body.append(dialog)
  return new Promise((resolve) => {
    /** @param {SubmitEvent} event */
    const answer = (event) => {
      const said = new FormData(/** @type {HTMLFormElement} */ (event.target)).get('said')
      dialog.returnValue = JSON.stringify({ said: typeof said === 'string' ? said : '' })
    }
    /** @param {Event} event */
    const write = ({ target }) => typed?.(/** @type {HTMLTextAreaElement} */ (target).value)
    render(
      html`<form method="dialog" @submit=${answer}>
        <h2 id="question">${title}</h2>
        <p>${text}</p>
        ${instead ? html`<p><a href=${instead.to}>${instead.text}</a></p>` : nothing}
        ${
          label
            ? html`<label for="said">${label}</label>
                <textarea id="said" name="said" .value=${value} autofocus @input=${write}></textarea>`
            : nothing
        }
        <div class="actions">
          <button class=${isLoss ? 'button loss' : 'button primary'} ?autofocus=${!label && !isLoss}>${yes}</button>
          <button class="button" type="button" ?autofocus=${!label && isLoss} @click=${() => dialog.close()}>${no}</button>
        </div>
      </form>`,
      dialog,
    )
    dialog.addEventListener('close', () => {
      const given = dialog.returnValue
      dialog.remove()
      resolve(given ? JSON.parse(given).said : null)
    })
    dialog.showModal()
  })
}
