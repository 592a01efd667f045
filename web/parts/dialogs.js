/** Questions that wait for an answer, before something is spent or lost. */
import { html, nothing, render } from '../lit-html/lit-html.js'

/**
 * @param {{ title: string, text: string, yes: string, no?: string }} question
 * @returns {Promise<boolean>}
 */
export async function confirmed(question) {
  return (await show(question)) !== null
}

/**
 * @param {{ title: string, text: string, yes: string, no?: string, label: string, value?: string }} question
 * @returns {Promise<string | null>} null when it is called off
 */
export function askFor(question) {
  return show(question)
}

/**
 * @param {{ title: string, text: string, yes: string, no?: string, label?: string, value?: string }} question
 * @returns {Promise<string | null>}
 */
function show({ title, text, yes, no = 'Not now', label, value = '' }) {
  const dialog = document.createElement('dialog')
  dialog.setAttribute('aria-labelledby', 'question')
  document.body.append(dialog)
  return new Promise((resolve) => {
    /** @param {SubmitEvent} event */
    const answer = (event) => {
      const said = new FormData(/** @type {HTMLFormElement} */ (event.target)).get('said')
      dialog.returnValue = JSON.stringify({ said: typeof said === 'string' ? said : '' })
    }
    render(
      html`<form method="dialog" @submit=${answer}>
        <h2 id="question">${title}</h2>
        <p>${text}</p>
        ${
          label
            ? html`<label for="said">${label}</label><textarea id="said" name="said" .value=${value} autofocus></textarea>`
            : nothing
        }
        <div class="actions">
          <button class="button primary" ?autofocus=${!label}>${yes}</button>
          <button class="button" type="button" @click=${() => dialog.close()}>${no}</button>
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
