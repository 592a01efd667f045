/** A scene that is rendered again with other words or by another model: the button that opens the form, and the form. */
import { usd } from '../format.js'
import { html, nothing } from '../lit-html/lit-html.js'
import { clipPrice } from './estimate.js'
import { clipsChoice, modelChoice } from './render-choice.js'
import { changed, photosOf } from './scene-fields.js'
import { spend } from './spend.js'

/** @typedef {{ prompt: string, model: string, variants: string }} Wish the model is empty for the job's */

/** What is rendered of it. @param {any} scene */
const promptOf = (scene) => scene.prompt ?? scene.description ?? ''

/** Once more as it is. @param {any} scene @returns {Wish} */
const asItIs = (scene) => ({ prompt: promptOf(scene), model: scene.model ?? '', variants: '1' })

/**
 * What was written and is not sent stands in `ctx.wishes`: it is there again when the form is, wherever that is.
 * @param {import('../pages/job.js').JobPage} ctx
 * @param {{ name: string, done: string }} words what the button is called, and what is said once it is on its way
 */
export function createAgain(ctx, { name, done }) {
  /** The scene whose form is open. @type {string | null} */
  let edited = null

  /** @param {any} scene @returns {Wish} */
  const wishFor = (scene) => ctx.wishes.get(scene.id) ?? asItIs(scene)

  /** @param {any} scene @param {SubmitEvent} event */
  async function regenerate(scene, event) {
    event.preventDefault()
    const path = `/jobs/${ctx.job.job_id}/scenes/${scene.id}/regenerate`
    const { prompt, model, variants } = wishFor(scene)
    const wish = { prompt: prompt.trim(), model: model || null, variants: Number(variants) }
    const asIs = { prompt: promptOf(scene), model: scene.model, variants: 1 }
    if (await ctx.attempt(() => spend(ctx, path, changed(wish, asIs)), done)) {
      ctx.wishes.delete(scene.id)
      edited = null
    }
    ctx.draw()
  }

  /** @param {any} scene @param {Partial<Wish>} change */
  function write(scene, change) {
    const wish = { ...wishFor(scene), ...change }
    if (Object.keys(changed(wish, asItIs(scene))).length === 0) ctx.wishes.delete(scene.id)
    else ctx.wishes.set(scene.id, wish)
  }

  /** @param {any} scene @param {'model' | 'variants'} name */
  const choose = (scene, name) => (/** @type {string} */ value) => {
    write(scene, { [name]: value })
    ctx.draw()
  }

  /** @param {any} scene */
  function discard(scene) {
    ctx.wishes.delete(scene.id)
    toggle(scene.id)
  }

  /** @param {string} id */
  function toggle(id) {
    edited = edited === id ? null : id
    ctx.draw()
  }

  /** Of the clips as they are chosen. @param {any} scene @param {Wish} wish @param {number} once USD, of one as it is */
  function price(scene, { model, variants }, once) {
    const clip =
      (scene.model ?? '') === model ? once : clipPrice(ctx.job, ctx.models, { ...scene, model: model || null })
    return { clip, all: (clip ?? once) * Number(variants) }
  }

  return {
    /** @param {any} scene */
    button: (scene) =>
      html`<button class="button small" type="button" aria-expanded=${edited === scene.id ? 'true' : 'false'} @click=${() => toggle(scene.id)}>${name}</button>`,

    /** Whether its form is open with something written. @param {any} scene */
    isHeld: (scene) => edited === scene.id && ctx.wishes.has(scene.id),

    /** @param {any} scene @param {number} cost USD, of rendering it once @param {string} [late] why it can not be rendered now */
    form(scene, cost, late = '') {
      if (edited !== scene.id) return nothing
      const wish = wishFor(scene)
      const { clip, all } = price(scene, wish, cost)
      const model = {
        id: `model-${scene.id}`,
        chosen: wish.model,
        hasLast: photosOf(scene).length > 1,
        least: scene.duration,
      }
      const clips = { id: `variants-${scene.id}`, chosen: wish.variants, price: clip }
      return html`<form class="again" @submit=${(/** @type {SubmitEvent} */ event) => regenerate(scene, event)}>
        <label for=${`again-${scene.id}`}>Prompt</label>
        <textarea id=${`again-${scene.id}`} .value=${wish.prompt} @input=${(/** @type {Event} */ { target }) => write(scene, { prompt: /** @type {HTMLTextAreaElement} */ (target).value })}></textarea>
        <div class="fields">
          ${modelChoice(ctx, model, choose(scene, 'model'))}
          ${clipsChoice(clips, choose(scene, 'variants'))}
        </div>
        <p class="problem" role="alert">${late}</p>
        <p class="row">
          <button class="button primary small" ?disabled=${Boolean(late)}>Render again · ${usd(all)}</button>
          <button class="button small" type="button" @click=${() => discard(scene)}>Discard</button>
        </p>
      </form>`
    },
  }
}
