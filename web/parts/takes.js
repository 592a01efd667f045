/** The scenes of a finished film: their clips, rendered again with other words, compared, kept or taken back. */
import { post } from '../api.js'
import { html, nothing } from '../lit-html/lit-html.js'
import { createAgain } from './again.js'
import { attemptsOf, voiceAttempts } from './attempts.js'
import { createCompare } from './compare.js'

/** @param {import('../pages/job.js').JobPage} ctx */
export function createTakes(ctx) {
  /** The choice that can be undone. @type {{ scene: any, before: any } | null} */
  let undoable = null
  /** Scenes with a take that came into the film before the eyes of who looks. @type {Set<string>} */
  const fresh = new Set()
  /** The attempt that each scene showed when it was last read. @type {Map<string, number>} */
  const seen = new Map()
  /** Scenes for which another take was chosen here. @type {Set<string>} */
  const chosen = new Set()
  /** Drafts are shown by a draft alone, and it shows nothing else. @param {any} take */
  const fits = (take) => take.quality === ctx.job.quality
  const compare = createCompare(ctx, { choose, fits })

  const at = (/** @type {string} */ sceneId) => `/jobs/${ctx.job.job_id}/scenes/${sceneId}`
  const again = createAgain(ctx, {
    name: 'Render again',
    done: 'The scene is rendered again. This film is served until the new one takes its place.',
  })

  /** Has the film show a take. @param {any} scene @param {any} take @param {string} said once that is on its way */
  async function show(scene, take, said) {
    chosen.add(scene.id)
    const isQueued = await ctx.attempt(() => post(`${at(scene.id)}/takes/${take.attempt}/choose`, {}), said)
    if (!isQueued) chosen.delete(scene.id)
    return isQueued
  }

  /** @param {any} scene @param {any} take in place of the one that is shown */
  async function choose(scene, take) {
    const before = scene.takes.find((/** @type {any} */ { shown }) => shown)
    const said = `Take ${numberOf(scene, take)} of scene ${scene.position + 1} is put into the film, which costs nothing.`
    const isQueued = await show(scene, take, said)
    undoable = isQueued && before ? { scene, before } : null
    ctx.draw()
  }

  async function undo() {
    if (!undoable) return
    const { scene, before } = undoable
    undoable = null
    await show(scene, before, `Take ${numberOf(scene, before)} of scene ${scene.position + 1} comes back.`)
  }

  /** @param {any} scene @param {any} take */
  const numberOf = (scene, take) =>
    1 + scene.takes.findIndex((/** @type {any} */ { attempt }) => attempt === take.attempt)

  /** @param {any} scene with its state @param {any} take @param {number} index */
  const takeRow = (scene, take, index) => html`<li>
    <img src=${take.thumbnail_url} alt="" loading="lazy" />
    <span>Take ${index + 1}</span>
    ${fits(take) ? nothing : html`<span class="badge" data-tone="ended">${take.quality === 'draft' ? 'draft' : 'full quality'}</span>`}
    ${
      take.shown
        ? html`<span class="badge" data-tone="done">in the film</span>`
        : take.out_of_date
          ? html`<span class="badge" data-tone="ended">out of date</span>`
          : html`<span class="badge" data-tone="busy">alternative</span>`
    }
    ${
      take.shown || !ctx.decides || !fits(take)
        ? nothing
        : html`<button class="button small" type="button" aria-label=${`Use it · free: take ${index + 1} of scene ${scene.position + 1}`} @click=${() => choose(scene, take)}>Use it · free</button>`
    }
  </li>`

  /** A take that has just come: kept, or the one before comes back. @param {any} scene with its state */
  const arrival = (scene) => {
    const shown = scene.takes.findIndex((/** @type {any} */ take) => take.shown)
    const before = scene.takes[shown - 1]
    if (!fresh.has(scene.id) || !before || !ctx.decides) return nothing
    return html`<div class="notice arrival" data-tone="done" role="status">
      <p>Take ${shown + 1} is in the film.</p>
      <p class="row">
        <button class="button small" type="button" @click=${() => keep(scene)}>Keep it</button>
        ${fits(before) ? html`<button class="button small" type="button" @click=${() => choose(scene, before)}>Take ${shown} back · free</button>` : nothing}
      </p>
    </div>`
  }

  /** @param {any} scene */
  function keep(scene) {
    fresh.delete(scene.id)
    ctx.draw()
  }

  /** @param {any} scene of the storyboard @param {number} index */
  const ofScene = (scene, index) => {
    const state = ctx.scenes.find(({ id }) => id === scene.id)
    if (!state) return nothing
    const { regeneration } = state
    const { revision } = ctx.job
    const isOpen =
      regeneration && revision?.number === regeneration.revision && ['queued', 'running'].includes(revision.state)
    const making = regeneration && (isOpen || !['completed', 'failed'].includes(regeneration.state))
    return html`<div class="made">
      ${
        making || state.out_of_date
          ? html`<p class="row">
              ${making ? html`<span class="badge" data-tone="busy">new take: ${regeneration.state === 'completed' ? 'put into the film' : regeneration.state}</span>` : nothing}
              ${state.out_of_date ? html`<span class="badge" data-tone="waiting" title="The film shows it as it was before it was edited">out of date</span>` : nothing}
            </p>`
          : nothing
      }
      ${regeneration?.error ? html`<p class="why" data-tone="failed">${regeneration.error}</p>` : nothing}
      ${state.error && state.status === 'completed' ? html`<p class="why" data-tone="failed">${state.error}</p>` : nothing}
      ${arrival(state)}
      ${
        state.takes.length > 1
          ? html`<ol class="alternatives">${state.takes.map((/** @type {any} */ take, /** @type {number} */ n) => takeRow(state, take, n))}</ol>`
          : nothing
      }
      <p class="row">
        ${ctx.decides ? again.button(scene) : nothing}
        ${state.takes.length > 1 ? html`<button class="button small" type="button" @click=${() => compare.open(state)}>Compare ${state.takes.length} takes</button>` : nothing}
        <a class="quiet" href=${`${state.video_url}?download=true`} download=${`scene-${index + 1}.mp4`}>Download</a>
      </p>
      ${again.form(scene, state.render_cost)}
      ${state.attempts.length > 1 ? attemptsOf(state) : nothing} ${voiceAttempts(state)}
    </div>`
  }

  return {
    /** Called when the job was read again. */
    refresh() {
      for (const { id, takes } of ctx.scenes) {
        const attempt = takes.find((/** @type {any} */ { shown }) => shown)?.attempt ?? 0
        const before = seen.get(id)
        seen.set(id, attempt)
        if (before === undefined || before === attempt) continue
        if (chosen.delete(id)) fresh.delete(id)
        else fresh.add(id)
      }
    },
    leave: () => compare.leave(),
    ofScene,
    template: () => html`${
      undoable
        ? html`<p class="row">
            <button class="button small" type="button" @click=${undo}>Undo: take ${numberOf(undoable.scene, undoable.before)} again · free</button>
          </p>`
        : nothing
    }
    ${compare.template()}`,
  }
}
