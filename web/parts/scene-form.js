/** A scene's fields in a dialog: what is approved is exactly this. */
import { get, query } from '../api.js'
import { inWords } from '../format.js'
import { html, nothing } from '../lit-html/lit-html.js'
import { still } from './review.js'

const TRANSITIONS = [
  ...['cut', 'crossfade', 'fade_black', 'fade_white', 'wipe_left', 'wipe_right', 'wipe_up', 'wipe_down'],
  ...['slide_left', 'slide_right', 'slide_up', 'slide_down'],
]
const OVERLAYS = /** @type {const} */ (['title', 'price', 'call_to_action'])

/** A scene's fields as the form has them. @param {any} scene @returns {Record<string, unknown>} */
const fieldsOf = (scene) => ({
  title: scene.title,
  prompt: scene.prompt ?? scene.description,
  duration: scene.duration,
  transition: scene.transition,
  transition_duration: scene.transition_duration ?? null,
  asset_ids: scene.asset_ids,
  scene_type: scene.scene_type ?? null,
  overlays: OVERLAYS.flatMap((kind) => scene.overlays.filter((/** @type {any} */ overlay) => overlay.kind === kind)),
  caption: scene.caption,
  voice_over: scene.voice_over,
  music_description: scene.music_description,
})

/** What differs. @param {Record<string, unknown>} fields @param {Record<string, unknown>} before */
const changed = (fields, before) =>
  Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name])),
  )

/**
 * @param {import('../pages/job.js').JobPage} ctx
 * @param {any | null} scene as it was when the form was opened; null for a new one
 * @param {{ save: (fields: Record<string, unknown>) => Promise<boolean>, close: () => void }} doing
 */
export function createSceneForm(ctx, scene, { save, close }) {
  /** @type {[string | undefined, string | undefined]} */
  const pictures = [scene?.asset_ids[0], scene?.asset_ids[1]]
  /** @type {any[]} */
  let photos = []
  let problem = ''
  let saving = false

  get(`/assets${query({ campaign_id: ctx.job.campaign_id, type: 'image', limit: 200 })}`)
    .then(({ data }) => {
      photos = data
      ctx.draw()
    })
    .catch((error) => {
      problem = error.message
      ctx.draw()
    })

  const dialog = () => /** @type {HTMLDialogElement | null} */ (document.getElementById('scene-form'))

  /** @param {SubmitEvent} event */
  async function submit(event) {
    event.preventDefault()
    const form = new FormData(/** @type {HTMLFormElement} */ (event.target))
    const text = (/** @type {string} */ name) => String(form.get(name) ?? '').trim()
    if (!pictures[0]) {
      problem = 'Choose the photo that the scene begins with.'
      return ctx.draw()
    }
    saving = true
    ctx.draw()
    const fields = {
      title: text('title') || null,
      prompt: text('prompt') || null,
      ...(text('duration') && { duration: Number(text('duration')) }),
      transition: text('transition'),
      transition_duration: text('transition_duration') ? Number(text('transition_duration')) : null,
      asset_ids: pictures.filter(Boolean),
      scene_type: text('scene_type') || null,
      overlays: OVERLAYS.flatMap((kind) => (text(`on-${kind}`) ? [{ kind, text: text(`on-${kind}`) }] : [])),
      caption: text('caption') || null,
      voice_over: text('voice_over') || null,
      music_description: text('music_description') || null,
    }
    // What was left as it is stays as somebody else may have it by now.
    const saved = await save(scene ? changed(fields, fieldsOf(scene)) : fields)
    saving = false
    if (!saved) problem = ctx.notice.text
    ctx.draw()
  }

  /** What others did to the scene since the form was opened. */
  function meanwhile() {
    if (!scene) return nothing
    const now = ctx.job.storyboard.scenes.find((/** @type {any} */ { id }) => id === scene.id)
    const who = ctx.editor ?? 'Somebody'
    if (!now) return html`<p class="notice" data-tone="failed" role="alert">${who} dropped this scene meanwhile.</p>`
    const theirs = changed(fieldsOf(now), fieldsOf(scene))
    if (Object.keys(theirs).length === 0) return nothing
    return html`<div class="notice" data-tone="waiting" role="alert">
      <p>${who} changed this scene meanwhile. What you leave as it is stays as they have it; what you change replaces theirs:</p>
      <ul>${Object.entries(theirs).map(([name, value]) => html`<li><b>${inWords(name)}</b> ${typeof value === 'string' || typeof value === 'number' ? value : 'is another'}</li>`)}</ul>
    </div>`
  }

  /** @param {string} name @param {string} label @param {string | null | undefined} value @param {string} [hint] */
  const line = (name, label, value, hint) => html`<div>
    <label for=${`scene-${name}`}>${label}</label>
    <input id=${`scene-${name}`} name=${name} .defaultValue=${value ?? ''} />
    ${hint ? html`<p class="hint">${hint}</p>` : nothing}
  </div>`
  /** @param {string} name @param {string} label @param {string | null | undefined} value */
  const prose = (name, label, value) => html`<div class="wide">
    <label for=${`scene-${name}`}>${label}</label>
    <textarea id=${`scene-${name}`} name=${name} .defaultValue=${value ?? ''}></textarea>
  </div>`

  /** @param {0 | 1} which */
  const picker = (which) => html`<fieldset class="wide">
    <legend>${which === 0 ? 'Begins with' : 'Ends with'}</legend>
    <div class="photos">
      ${
        which === 1
          ? html`<label class="photo none">
              <input type="radio" name="picture-1" .checked=${!pictures[1]} @change=${() => choose(1, undefined)} />
              <span>moves freely</span>
            </label>`
          : nothing
      }
      ${photos.map(
        ({ id, name }) => html`<label class="photo">
          <input type="radio" name=${`picture-${which}`} .checked=${pictures[which] === id} @change=${() => choose(which, id)} />
          <img src=${still(id)} alt=${name} loading="lazy" />
        </label>`,
      )}
    </div>
  </fieldset>`

  /** @param {0 | 1} which @param {string | undefined} id */
  function choose(which, id) {
    pictures[which] = id
    problem = ''
    ctx.draw()
  }

  return {
    open() {
      dialog()?.showModal()
      document.getElementById('scene-title')?.focus()
    },
    leave() {
      dialog()?.close()
    },
    template() {
      const words = Object.fromEntries((scene?.overlays ?? []).map((/** @type {any} */ { kind, text }) => [kind, text]))
      return html`<dialog id="scene-form" class="sheet" aria-labelledby="scene-heading" @cancel=${close}>
        <form @submit=${submit}>
          <h2 id="scene-heading">${scene ? 'Edit the scene' : 'A new scene'}</h2>
          ${meanwhile()}
          <div class="fields">
            ${line('title', 'Title', scene?.title, 'For you; it is not shown in the film')}
            ${line('scene_type', 'Type', scene?.scene_type)}
            ${prose('prompt', 'Prompt', scene?.prompt ?? scene?.description)}
            ${picker(0)} ${picker(1)}
            <div>
              <label for="scene-duration">Length in seconds</label>
              <input id="scene-duration" name="duration" type="number" min="1" max="60" step="1" .defaultValue=${String(scene?.duration ?? '')} />
              <p class="hint">The model's next length is taken</p>
            </div>
            <div>
              <label for="scene-transition">Into the next scene</label>
              <select id="scene-transition" name="transition">
                ${TRANSITIONS.map((name) => html`<option value=${name} ?selected=${name === (scene?.transition ?? 'cut')}>${inWords(name)}</option>`)}
              </select>
            </div>
            <div>
              <label for="scene-transition_duration">Its length in seconds</label>
              <input id="scene-transition_duration" name="transition_duration" type="number" min="0.1" max="2" step="0.1" placeholder="0.5" .defaultValue=${String(scene?.transition_duration ?? '')} />
            </div>
            <fieldset class="wide fields">
              <legend>Words on the picture</legend>
              ${OVERLAYS.map((kind) => overlay(kind, words[kind]))}
              ${line('caption', 'Caption', scene?.caption)}
            </fieldset>
            ${prose('voice_over', 'Spoken over it', scene?.voice_over)}
            ${prose('music_description', 'Music', scene?.music_description)}
          </div>
          <div class="actions">
            <p class="problem" role="alert">${problem}</p>
            <button class="button primary" ?disabled=${saving}>${saving ? 'Saving…' : 'Save'}</button>
            <button class="button" type="button" @click=${close}>Close</button>
          </div>
        </form>
      </dialog>`
    },
  }

  /** @param {string} kind @param {string | undefined} text */
  function overlay(kind, text) {
    return html`<div>
      <label for=${`scene-on-${kind}`}>${inWords(kind)}</label>
      <input id=${`scene-on-${kind}`} name=${`on-${kind}`} maxlength="200" .defaultValue=${text ?? ''} />
    </div>`
  }
}
