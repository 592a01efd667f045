/** A scene's fields in a dialog: what is approved is exactly this. What was written is not lost unasked. */
import { inWords, usd } from '../format.js'
import { html, nothing } from '../lit-html/lit-html.js'
import { mayDiscard } from '../unsaved.js'
import { clipPrice, costWith, lengthOf, usualVariants } from './estimate.js'
import { createPhotoPicker } from './photo-picker.js'
import { clipsChoice, modelChoice } from './render-choice.js'
import { changed, fieldsOf, OVERLAYS, photosOf } from './scene-fields.js'

const TRANSITIONS = [
  ...['cut', 'crossfade', 'fade_black', 'fade_white', 'wipe_left', 'wipe_right', 'wipe_up', 'wipe_down'],
  ...['slide_left', 'slide_right', 'slide_up', 'slide_down'],
]
const either = new Intl.ListFormat('en', { type: 'disjunction' })
/** Characters that the API takes of a line, a caption and a voice-over. */
const MOST = { line: 500, caption: 300, voice: 600 }

/**
 * @param {import('../pages/job.js').JobPage} ctx
 * @param {any | null} scene as it was when the form was opened; null for a new one
 * @param {any} draft what a new one begins with
 * @param {object} doing
 * @param {(fields: Record<string, unknown>) => Promise<boolean>} doing.change the scene
 * @param {(fields: Record<string, unknown>) => Promise<boolean>} doing.add a scene, at the end
 * @param {(fields: Record<string, unknown>) => Promise<boolean>} doing.copy the job, with the scene changed or added there
 * @param {() => void} doing.close
 */
export function createSceneForm(ctx, scene, draft, { change, add, copy, close }) {
  let problem = ''
  let saving = false
  let hasLeft = false
  /** What the form had when it was opened. */
  let opened = ''
  const begin = scene ?? draft
  /** Empty for what the job says. */
  const chosen = { model: begin.model ?? '', variants: String(begin.variants ?? '') }
  const photos = createPhotoPicker(ctx, photosOf(begin), (text) => {
    problem = text
    ctx.draw()
  })

  const dialog = () => /** @type {HTMLDialogElement | null} */ (document.getElementById('scene-form'))
  const isOpen = () => ctx.job.status === 'pending'
  /** As it is by now; undefined for a new one, and for one that somebody dropped. */
  const there = () => ctx.job.storyboard.scenes.find((/** @type {any} */ { id }) => id === scene?.id)
  const isChanged = () => JSON.stringify(read()) !== opened
  const isSending = () => photos.isBusy()

  function read() {
    const form = new FormData(/** @type {HTMLFormElement} */ (dialog()?.querySelector('form')))
    const text = (/** @type {string} */ name) => String(form.get(name) ?? '').trim()
    return {
      title: text('title') || null,
      prompt: text('prompt') || null,
      ...(text('duration') && { duration: Number(text('duration')) }),
      model: chosen.model || null,
      variants: chosen.variants ? Number(chosen.variants) : null,
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
    const mine = there() ? changed(fields, fieldsOf(scene)) : fields
    const save = !isOpen() ? copy : there() ? change : add
    const saved = await save(mine)
    saving = false
    if (!saved) problem = ctx.notice.text
    ctx.draw()
  }

  async function ask() {
    if (isSending() || isChanged()) {
      if (!(await mayDiscard('Close without saving?', !isChanged()))) return
    }
    close()
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
    const now = there()
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
    return there() ? 'Save' : 'Add the scene'
  }

  /** What scene and film cost as the form has it now, and how much that is more or less. */
  function price() {
    if (!isOpen() || !dialog()?.open) return nothing
    const cost = costWith(ctx.job, ctx.models, there(), read())
    if (cost === null) return nothing
    const now = (/** @type {string} */ name, /** @type {number} */ after, /** @type {number | undefined} */ before) =>
      `${name}: about ${usd(after)}${before === undefined || usd(before) === usd(after) ? '' : `, not ${usd(before)}`}`
    return `${now('The scene', cost.scene, there()?.estimated_cost)}. ${now('The film', cost.film, ctx.job.costs.estimated)}`
  }

  const model = () => ctx.models.find(({ id }) => id === (chosen.model || ctx.job.video_model))
  /** In seconds, as far as it is written. */
  const asked = () => Number((dialog()?.open && read().duration) || begin.duration || 0)

  /** What the model makes of a length. */
  function lengths() {
    const renders = model()
    if (!renders) return "The model's next length is taken"
    const becomes = lengthOf(renders, asked())
    const lengths = `${renders.name} renders ${either.format(renders.durations.map(String))} seconds`
    return becomes === asked() ? lengths : `${lengths}: it will be ${becomes}`
  }

  /** @param {keyof typeof chosen} name */
  const choose = (name) => (/** @type {string} */ value) => {
    chosen[name] = value
    ctx.draw()
  }

  function modelField() {
    const field = { id: 'scene-model', chosen: chosen.model, hasLast: photos.chosen().length > 1 }
    return modelChoice(ctx, field, choose('model'))
  }

  function clipsField() {
    const price = clipPrice(ctx.job, ctx.models, { model: chosen.model || null, duration: asked() })
    const field = { id: 'scene-variants', chosen: chosen.variants, usual: usualVariants(ctx.job), price }
    return clipsChoice(field, choose('variants'))
  }

  /** @param {string} name @param {string} label @param {string | null | undefined} value @param {number} most @param {string} [hint] */
  const line = (name, label, value, most, hint) => html`<div class=${hint ? 'broad' : ''}>
    <label for=${`scene-${name}`}>${label}</label>
    <input id=${`scene-${name}`} name=${name} maxlength=${most} .defaultValue=${value ?? ''} />
    ${hint ? html`<p class="hint">${hint}</p>` : nothing}
  </div>`
  /** @param {string} name @param {string} label @param {string | null | undefined} value @param {number} [most] */
  const prose = (name, label, value, most) => html`<div class="wide">
    <label for=${`scene-${name}`}>${label}</label>
    <textarea id=${`scene-${name}`} name=${name} maxlength=${most ?? nothing} .defaultValue=${value ?? ''}></textarea>
  </div>`
  /** @param {string} kind @param {string | undefined} text */
  const overlay = (kind, text) => html`<div>
    <label for=${`scene-on-${kind}`}>${inWords(kind)}</label>
    <input id=${`scene-on-${kind}`} name=${`on-${kind}`} maxlength="200" .defaultValue=${text ?? ''} />
  </div>`

  return {
    isChanged,
    isSending,
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
      const words = Object.fromEntries(begin.overlays.map((/** @type {any} */ { kind, text }) => [kind, text]))
      return html`<dialog id="scene-form" class="sheet" aria-labelledby="scene-heading" @cancel=${onCancel} @close=${onClose}>
        <form @submit=${submit} @input=${ctx.draw}>
          <h2 id="scene-heading">${scene ? 'Edit the scene' : 'A new scene'}</h2>
          ${meanwhile()}
          <div class="fields">
            ${line('title', 'Title', begin.title, MOST.line, 'For you; it is not shown in the film')}
            ${line('scene_type', 'Type', begin.scene_type, MOST.line)}
            ${prose('prompt', 'Prompt', begin.prompt ?? begin.description)}
            ${photos.template()}
            ${modelField()}
            <div>
              <label for="scene-duration">Length in seconds</label>
              <input id="scene-duration" name="duration" type="number" min="1" max="60" step="1" aria-describedby="about-duration" .defaultValue=${String(begin.duration ?? '')} />
              <p class="hint" id="about-duration">${lengths()}</p>
            </div>
            ${clipsField()}
            <div>
              <label for="scene-transition">Into the next scene</label>
              <select id="scene-transition" name="transition">
                ${TRANSITIONS.map((name) => html`<option value=${name} ?selected=${name === begin.transition}>${inWords(name)}</option>`)}
              </select>
            </div>
            <div>
              <label for="scene-transition_duration">Its length in seconds</label>
              <input id="scene-transition_duration" name="transition_duration" type="number" min="0.1" max="2" step="0.1" placeholder="0.5" .defaultValue=${String(begin.transition_duration ?? '')} />
            </div>
            <fieldset class="wide fields">
              <legend>Words on the picture</legend>
              ${OVERLAYS.map((kind) => overlay(kind, words[kind]))}
              ${line('caption', 'Caption', begin.caption, MOST.caption)}
            </fieldset>
            ${prose('voice_over', 'Spoken over it', begin.voice_over, MOST.voice)}
            ${prose('music_description', 'Music', begin.music_description)}
          </div>
          <div class="actions">
            <p class="problem" role="alert">${problem}</p>
            <p class="price" role="status">${price()}</p>
            <button class="button primary" ?disabled=${saving}>${verb()}</button>
            <button class="button" type="button" @click=${ask}>Close</button>
          </div>
        </form>
      </dialog>`
    },
  }
}
