/** A scene's fields in a dialog: what is approved is exactly this. What was written is not lost unasked. */
import { inWords } from '../format.js'
import { html, nothing } from '../lit-html/lit-html.js'
import { mayDiscard } from '../unsaved.js'
import { createPhotoPicker } from './photo-picker.js'

const TRANSITIONS = [
  ...['cut', 'crossfade', 'fade_black', 'fade_white', 'wipe_left', 'wipe_right', 'wipe_up', 'wipe_down'],
  ...['slide_left', 'slide_right', 'slide_up', 'slide_down'],
]
const OVERLAYS = /** @type {const} */ (['title', 'price', 'call_to_action'])

/** One where the scene moves freely, of which the API tells by the same photo twice. @param {any} scene @returns {string[]} */
const photosOf = (scene) => [...new Set(/** @type {string[]} */ (scene.asset_ids))]

/** A scene's fields as the form has them. @param {any} scene @returns {Record<string, unknown>} */
const fieldsOf = (scene) => ({
  title: scene.title,
  prompt: scene.prompt ?? scene.description,
  duration: scene.duration,
  transition: scene.transition,
  transition_duration: scene.transition_duration ?? null,
  asset_ids: photosOf(scene),
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
 * @param {object} doing
 * @param {(fields: Record<string, unknown>) => Promise<boolean>} doing.change the scene
 * @param {(fields: Record<string, unknown>) => Promise<boolean>} doing.add a scene, at the end
 * @param {(fields: Record<string, unknown>) => Promise<boolean>} doing.copy the job, with the scene changed or added there
 * @param {() => void} doing.close
 */
export function createSceneForm(ctx, scene, { change, add, copy, close }) {
  let problem = ''
  let saving = false
  let hasLeft = false
  /** What the form had when it was opened. */
  let opened = ''
  const photos = createPhotoPicker(ctx, scene ? photosOf(scene) : [], (text) => {
    problem = text
    ctx.draw()
  })

  const dialog = () => /** @type {HTMLDialogElement | null} */ (document.getElementById('scene-form'))
  const isOpen = () => ctx.job.status === 'pending'
  const isThere = () => ctx.job.storyboard.scenes.some((/** @type {any} */ { id }) => id === scene?.id)
  const isChanged = () => JSON.stringify(read()) !== opened

  function read() {
    const form = new FormData(/** @type {HTMLFormElement} */ (dialog()?.querySelector('form')))
    const text = (/** @type {string} */ name) => String(form.get(name) ?? '').trim()
    return {
      title: text('title') || null,
      prompt: text('prompt') || null,
      ...(text('duration') && { duration: Number(text('duration')) }),
      transition: text('transition'),
      transition_duration: text('transition_duration') ? Number(text('transition_duration')) : null,
      asset_ids: photos.chosen(),
      scene_type: text('scene_type') || null,
      overlays: OVERLAYS.flatMap((kind) => (text(`on-${kind}`) ? [{ kind, text: text(`on-${kind}`) }] : [])),
      caption: text('caption') || null,
      voice_over: text('voice_over') || null,
      music_description: text('music_description') || null,
    }
  }

  /** @param {SubmitEvent} event */
  async function submit(event) {
    event.preventDefault()
    const fields = read()
    if (fields.asset_ids.length === 0) problem = 'Choose the photo that the scene begins with.'
    else if (photos.isBusy()) problem = 'A photo is still on its way: wait a moment.'
    if (fields.asset_ids.length === 0 || photos.isBusy()) return ctx.draw()
    saving = true
    ctx.draw()
    // What was left as it is stays as somebody else may have it by now.
    const mine = scene && isThere() ? changed(fields, fieldsOf(scene)) : fields
    const save = !isOpen() ? copy : scene && isThere() ? change : add
    const saved = await save(mine)
    saving = false
    if (!saved) problem = ctx.notice.text
    ctx.draw()
  }

  async function ask() {
    if (!isChanged() || (await mayDiscard('Close without saving?'))) close()
  }

  /** @param {Event} event */
  function onCancel(event) {
    // A list of photos or a file's choice that is called off says so as well.
    if (event.target !== dialog()) return
    event.preventDefault()
    ask()
  }

  /** Whoever presses Escape again closes it without being asked, says the browser. */
  function onClose() {
    if (hasLeft || !dialog()?.isConnected) return
    dialog()?.showModal()
    ask()
  }

  /** Why nothing can be saved any more. */
  function closed() {
    const { decision, progress } = ctx.job
    const what = decision
      ? `${decision.by ?? 'Somebody'} ${decision.decision} the storyboard meanwhile`
      : (progress.error ?? 'Somebody decided meanwhile').replace(/\.$/, '')
    return html`<div class="notice" data-tone="waiting" role="alert">
      <p>${what}: it can not be changed any more. What you wrote is kept here, and can go into a copy, which is approved anew.</p>
    </div>`
  }

  /** What others did since the form was opened. */
  function meanwhile() {
    if (!isOpen()) return closed()
    if (!scene) return nothing
    const now = ctx.job.storyboard.scenes.find((/** @type {any} */ { id }) => id === scene.id)
    const who = ctx.editor ?? 'Somebody'
    if (!now) {
      return html`<p class="notice" data-tone="waiting" role="alert">${who} dropped this scene meanwhile. You can add it again as you have it here, at the end.</p>`
    }
    const theirs = changed(fieldsOf(now), fieldsOf(scene))
    if (Object.keys(theirs).length === 0) return nothing
    return html`<div class="notice" data-tone="waiting" role="alert">
      <p>${who} changed this scene meanwhile. What you leave as it is stays as they have it; what you change replaces theirs:</p>
      <ul>${Object.entries(theirs).map(([name, value]) => html`<li><b>${inWords(name)}</b> ${typeof value === 'string' || typeof value === 'number' ? value : 'is another'}</li>`)}</ul>
    </div>`
  }

  const verb = () => {
    if (saving) return 'Saving…'
    if (!isOpen()) return 'Copy and change'
    return scene && isThere() ? 'Save' : 'Add the scene'
  }

  /** @param {string} name @param {string} label @param {string | null | undefined} value @param {string} [hint] */
  const line = (name, label, value, hint) => html`<div class=${hint ? 'broad' : ''}>
    <label for=${`scene-${name}`}>${label}</label>
    <input id=${`scene-${name}`} name=${name} .defaultValue=${value ?? ''} />
    ${hint ? html`<p class="hint">${hint}</p>` : nothing}
  </div>`
  /** @param {string} name @param {string} label @param {string | null | undefined} value */
  const prose = (name, label, value) => html`<div class="wide">
    <label for=${`scene-${name}`}>${label}</label>
    <textarea id=${`scene-${name}`} name=${name} .defaultValue=${value ?? ''}></textarea>
  </div>`
  /** @param {string} kind @param {string | undefined} text */
  const overlay = (kind, text) => html`<div>
    <label for=${`scene-on-${kind}`}>${inWords(kind)}</label>
    <input id=${`scene-on-${kind}`} name=${`on-${kind}`} maxlength="200" .defaultValue=${text ?? ''} />
  </div>`

  return {
    isChanged,
    open() {
      dialog()?.showModal()
      document.getElementById('scene-title')?.focus()
      opened = JSON.stringify(read())
    },
    leave() {
      hasLeft = true
      dialog()?.close()
      photos.leave()
    },
    template() {
      const words = Object.fromEntries((scene?.overlays ?? []).map((/** @type {any} */ { kind, text }) => [kind, text]))
      return html`<dialog id="scene-form" class="sheet" aria-labelledby="scene-heading" @cancel=${onCancel} @close=${onClose}>
        <form @submit=${submit}>
          <h2 id="scene-heading">${scene ? 'Edit the scene' : 'A new scene'}</h2>
          ${meanwhile()}
          <div class="fields">
            ${line('title', 'Title', scene?.title, 'For you; it is not shown in the film')}
            ${line('scene_type', 'Type', scene?.scene_type)}
            ${prose('prompt', 'Prompt', scene?.prompt ?? scene?.description)}
            ${photos.template()}
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
            <button class="button primary" ?disabled=${saving}>${verb()}</button>
            <button class="button" type="button" @click=${ask}>Close</button>
          </div>
        </form>
      </dialog>`
    },
  }
}
