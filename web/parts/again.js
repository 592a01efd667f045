/** A scene that is rendered again with another prompt: the button that opens the form, and the form. */
import { post } from '../api.js'
import { usd } from '../format.js'
import { html, nothing } from '../lit-html/lit-html.js'

/** What is rendered of it. @param {any} scene */
export const promptOf = (scene) => scene.prompt ?? scene.description ?? ''

/**
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
    if (await ctx.attempt(() => post(path, wish(scene, prompt)), done)) edited = null
    ctx.draw()
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

    /** @param {any} scene @param {number} cost USD */
    form: (scene, cost) =>
      edited === scene.id
        ? html`<form class="again" @submit=${(/** @type {SubmitEvent} */ event) => regenerate(scene, event)}>
            <label for=${`again-${scene.id}`}>Prompt</label>
            <textarea id=${`again-${scene.id}`} name="prompt" .defaultValue=${promptOf(scene)}></textarea>
            <button class="button primary small">Render again · ${usd(cost)}</button>
          </form>`
        : nothing,
  }
}
