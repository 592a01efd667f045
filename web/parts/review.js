/** The storyboard as a strip of scenes; while it waits for approval, each can be edited, moved, dropped, and more added. */
import { ask } from '../api.js'
import { clock, duration, inWords } from '../format.js'
import { repeat } from '../lit-html/directives/repeat.js'
import { html, nothing } from '../lit-html/lit-html.js'
import { confirmed } from './dialogs.js'
import { createSceneForm } from './scene-form.js'

/** @param {string | undefined} id */
export const still = (id) => (id ? `/api/v3/assets/${id}/thumbnail` : '')

/** @param {import('../pages/job.js').JobPage} ctx */
export function createReview(ctx) {
  /** @type {ReturnType<typeof createSceneForm> | null} */
  let form = null

  const isEditable = () => ctx.job.status === 'pending' && ctx.job.storyboard_ready
  const at = () => `/jobs/${ctx.job.job_id}`
  /** What the edit holds for: a storyboard that somebody else changed meanwhile is read again first. */
  const seen = () => ({ 'if-match': `"${ctx.job.storyboard_version}"` })

  /**
   * @param {{ id?: string }[]} scenes
   * @param {string} done
   */
  const put = (scenes, done) => ctx.attempt(() => ask('PUT', `${at()}/storyboard`, { scenes }, seen()), done)
  const ids = () => ctx.job.storyboard.scenes.map((/** @type {any} */ { id }) => ({ id }))

  /**
   * @param {number} index
   * @param {number} by
   */
  function move(index, by) {
    const scenes = ids()
    const [moved] = scenes.splice(index, 1)
    scenes.splice(index + by, 0, moved)
    return put(scenes, `Scene ${index + 1} is now scene ${index + by + 1}.`)
  }

  /** @param {any} scene @param {number} index */
  async function drop(scene, index) {
    const agreed = await confirmed({
      title: `Drop scene ${index + 1}?`,
      text: `“${scene.title ?? 'Untitled'}” leaves the storyboard.`,
      yes: 'Drop it',
      no: 'Keep it',
    })
    if (agreed) await ctx.attempt(() => ask('DELETE', `${at()}/scenes/${scene.id}`, undefined, seen()), 'Dropped.')
  }

  /** @param {any | null} scene null for a new one */
  function edit(scene) {
    form = createSceneForm(ctx, scene, {
      async save(fields) {
        const isSame = scene && Object.keys(fields).length === 0
        const saved = scene
          ? isSame || (await ctx.attempt(() => ask('PATCH', `${at()}/scenes/${scene.id}`, fields, seen()), 'Saved.'))
          : await put([...ids(), fields], 'Added at the end.')
        if (saved) close()
        return saved
      },
      close,
    })
    ctx.draw()
    form.open()
  }

  function close() {
    form?.leave()
    form = null
    ctx.draw()
  }

  /** @param {any} scene @param {number} index */
  function card(scene, index) {
    const [first, last] = scene.asset_ids
    const count = ctx.job.storyboard.scenes.length
    const state = ctx.scenes.find(({ id }) => id === scene.id)
    const clip = state?.thumbnail_url
    return html`<li class="scene" data-scene=${scene.id} tabindex="0" aria-label=${`Scene ${index + 1}: ${scene.title ?? ''}`}>
      <div class="frames">
        ${
          clip
            ? html`<img src=${clip} alt="Of the clip" loading="lazy" />`
            : html`<img src=${still(first)} alt="First frame" loading="lazy" />
                ${last && last !== first ? html`<img src=${still(last)} alt="Last frame" loading="lazy" />` : nothing}`
        }
        <span class="number">${index + 1}</span>
      </div>
      <div class="about">
        <h3>${scene.title ?? 'Untitled'}</h3>
        <p class="times">${clock(scene.time_start)} to ${clock(scene.time_end)} · ${duration(scene.duration)}${scene.scene_type ? ` · ${inWords(scene.scene_type)}` : ''}</p>
        <p class="prompt">${scene.prompt ?? scene.description ?? ''}</p>
        ${
          scene.overlays.length > 0 || scene.caption
            ? html`<p class="words">
                ${scene.overlays.map((/** @type {any} */ { kind, text }) => html`<span><b>${inWords(kind)}</b> ${text}</span>`)}
                ${scene.caption ? html`<span><b>caption</b> ${scene.caption}</span>` : nothing}
              </p>`
            : nothing
        }
        ${scene.voice_over ? html`<p class="faint small">“${scene.voice_over}”</p>` : nothing}
        ${scene.music_description ? html`<p class="faint small">♪ ${scene.music_description}</p>` : nothing}
      </div>
      ${
        isEditable()
          ? html`<div class="tools">
              <button class="button small" type="button" @click=${() => edit(scene)}>Edit</button>
              <button class="quiet" type="button" ?disabled=${index === 0} @click=${() => move(index, -1)} aria-label=${`Move scene ${index + 1} earlier`}>←</button>
              <button class="quiet" type="button" ?disabled=${index === count - 1} @click=${() => move(index, 1)} aria-label=${`Move scene ${index + 1} later`}>→</button>
              <button class="quiet" type="button" ?disabled=${count === 1} @click=${() => drop(scene, index)} aria-label=${`Drop scene ${index + 1}`}>Drop</button>
            </div>`
          : nothing
      }
      ${index < count - 1 ? html`<p class="into">${scene.transition === 'cut' ? 'cut' : `${inWords(scene.transition)} ${duration(scene.transition_duration ?? 0.5)}`}</p>` : nothing}
    </li>`
  }

  return {
    /** Called when the job was read again. */
    refresh() {
      if (form && !isEditable()) {
        close()
        ctx.say('Somebody decided meanwhile: the storyboard is closed.', 'bad')
      }
    },
    editFocused() {
      const id = document.activeElement?.closest('[data-scene]')?.getAttribute('data-scene')
      const scene = ctx.job?.storyboard.scenes.find((/** @type {any} */ one) => one.id === id)
      if (scene && isEditable()) edit(scene)
    },
    template() {
      const { scenes, film_duration: length } = ctx.job.storyboard
      if (!ctx.job.storyboard_ready) return html`<p class="faint" role="status">The storyboard is being written…</p>`
      return html`<section aria-labelledby="storyboard">
        <div class="bar">
          <h2 id="storyboard">Storyboard</h2>
          <span class="faint">${scenes.length} scenes · ${duration(length)} · version ${ctx.job.storyboard_version}</span>
          <a class="faint" href=${`/api/v3/jobs/${ctx.job.job_id}/contact-sheet`} target="_blank" rel="noopener">Contact sheet</a>
          ${isEditable() ? html`<button class="button small" type="button" @click=${() => edit(null)}>Add a scene</button>` : nothing}
        </div>
        <ol class="strip">${repeat(scenes, (scene) => scene.id, card)}</ol>
        ${form ? form.template() : nothing}
      </section>`
    },
  }
}
