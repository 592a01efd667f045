/** A scene that is rendered again with another prompt: the button that opens the form, and the form. */
import { usd } from '../format.js'
import { html, nothing } from '../lit-html/lit-html.js'
import { spend } from './spend.js'

/** What is rendered of it. @param {any} scene */
export const promptOf = (scene) => scene.prompt ?? scene.description ?? ''

/**
 * What was written and is not sent stands in `ctx.prompts`: it is there again when the form is, wherever that is.
 * @param {import('../pages/job.js').JobPage} ctx
 * @param {{ name: string, done: string, wish: (scene: any, prompt: string) => object }} words what the button is called,
 *   what is said once it is on its way, and what the API is asked for
 */
export function createAgain(ctx, { name, done, wish }) {
  /** The scene whose prompt is being edited. @type {string | null} */
  let edited = null

  /** @param {any} scene @param {SubmitEvent} event */
  async function regenerate(scene, event) {
    event.preventDefault()
    const prompt = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get('prompt') ?? '').trim()
    const path = `/jobs/${ctx.job.job_id}/scenes/${scene.id}/regenerate`
    if (await ctx.attempt(() => spend(ctx, path, wish(scene, prompt)), done)) {
      ctx.prompts.delete(scene.id)
      edited = null
    }
    ctx.draw()
  }

  /** @param {any} scene @param {Event} event */
  function write(scene, { target }) {
    const { value } = /** @type {HTMLTextAreaElement} */ (target)
    if (value === promptOf(scene)) ctx.prompts.delete(scene.id)
    else ctx.prompts.set(scene.id, value)
  }

  /** @param {any} scene */
  function discard(scene) {
    ctx.prompts.delete(scene.id)
    toggle(scene.id)
  }

  /** @param {string} id */
  function toggle(id) {
    edited = edited === id ? null : id
    ctx.draw()
  }

  return {
    /** @param {any} scene */
    button: (scene) =>
      html`<button class="button small" type="button" aria-expanded=${edited === scene.id ? 'true' : 'false'} @click=${() => toggle(scene.id)}>${name}</button>`,

    /** Whether its form is open with something written. @param {any} scene */
    isHeld: (scene) => edited === scene.id && ctx.prompts.has(scene.id),

    /** @param {any} scene @param {number} cost USD @param {string} [late] why it can not be rendered now */
    form: (scene, cost, late = '') =>
      edited === scene.id
        ? html`<form class="again" @submit=${(/** @type {SubmitEvent} */ event) => regenerate(scene, event)}>
            <label for=${`again-${scene.id}`}>Prompt</label>
            <textarea id=${`again-${scene.id}`} name="prompt" .value=${ctx.prompts.get(scene.id) ?? promptOf(scene)} @input=${(/** @type {Event} */ event) => write(scene, event)}></textarea>
            <p class="problem" role="alert">${late}</p>
            <p class="row">
              <button class="button primary small" ?disabled=${Boolean(late)}>Render again · ${usd(cost)}</button>
              <button class="button small" type="button" @click=${() => discard(scene)}>Discard</button>
            </p>
          </form>`
        : nothing,
  }
}
