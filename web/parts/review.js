/** The storyboard as a strip of scenes; while it waits for approval, each can be edited, moved, dropped, and more added. */
import { ask, post } from '../api.js'
import { clock, counted, duration, inWords, usd } from '../format.js'
import { repeat } from '../lit-html/directives/repeat.js'
import { html, nothing } from '../lit-html/lit-html.js'
import { newId } from '../new-id.js'
import { confirmed } from './dialogs.js'
import { usualVariants } from './estimate.js'
import { leftOut } from './left-out.js'
import { still } from './photo-picker.js'
import { movesFreely } from './render-choice.js'
import { createSceneForm } from './scene-form.js'
import { createUnseenPhotos } from './unseen-photos.js'

/** By its file's name. @param {{ name: string }} photo */
const titleOf = ({ name }) => inWords(name.replace(/\.[a-z0-9]{2,5}$/i, ''))

/** Longer ones, in characters, are shortened until somebody wants the whole. */
const SHORT = { prompt: 200, line: 70 }

/** @typedef {ReturnType<typeof import('./film.js').createFilm>} Film */

/** @param {import('../pages/job.js').JobPage} ctx */
export function createReview(ctx) {
  /** @type {ReturnType<typeof createSceneForm> | null} */
  let form = null
  /** Scenes of which every word is shown. @type {Set<string>} */
  const whole = new Set()

  const unseen = createUnseenPhotos(ctx, {
    addOne: (photo) => edit(null, newScene(photo)),
    addAll: (photos) => put([...ids(), ...photos.map(newScene)], `Added at the end: ${photos.length} scenes.`),
  })

  const isEditable = () => ctx.job.status === 'pending' && ctx.job.storyboard_ready
  const at = () => `/jobs/${ctx.job.job_id}`
  /** What the edit holds for: a storyboard that somebody else changed meanwhile is read again first. */
  const seen = () => ({ 'if-match': `"${ctx.job.storyboard_version}"` })

  /**
   * @param {object[]} scenes those that stay by their ids, and new ones
   * @param {string} done
   */
  const put = (scenes, done) => ctx.attempt(() => ask('PUT', `${at()}/storyboard`, { scenes }, seen()), done)
  /** @returns {{ id: string }[]} */
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
      isLoss: true,
    })
    if (agreed) await ctx.attempt(() => ask('DELETE', `${at()}/scenes/${scene.id}`, undefined, seen()), 'Dropped.')
  }

  /** What a new scene begins with: as long as the one before it. @param {{ id: string, name: string }} [photo] */
  function newScene(photo) {
    const last = ctx.job.storyboard.scenes.at(-1)
    return {
      title: photo ? titleOf(photo) : null,
      duration: last?.duration,
      // Of a property, every scene has one of the types that were asked for.
      scene_type: ctx.job.type === 'property_photos' ? last?.scene_type : null,
      transition: 'cut',
      asset_ids: photo ? [photo.id] : [],
      overlays: [],
    }
  }

  /** @param {any | null} scene null for a new one @param {any} [draft] what a new one begins with */
  function edit(scene, draft = newScene()) {
    /** Of the one copy that there will be, however often it is tried. */
    const key = newId()
    form = createSceneForm(ctx, scene, draft, {
      change: (fields) => closeWhen(Object.keys(fields).length === 0 || change(scene, fields)),
      add: (fields) => closeWhen(put([...ids(), fields], 'Added at the end.')),
      async copy(fields) {
        const id = await intoCopy(scene, fields, key)
        if (!id) return false
        close()
        ctx.go(`/jobs/${id}`)
        return true
      },
      close,
    })
    ctx.draw()
    form.open()
  }

  /** @param {any} scene @param {object} fields */
  const change = (scene, fields) =>
    ctx.attempt(() => ask('PATCH', `${at()}/scenes/${scene.id}`, fields, seen()), 'Saved.')

  /** @param {boolean | Promise<boolean>} saved */
  async function closeWhen(saved) {
    const isSaved = await saved
    if (isSaved) close()
    return isSaved
  }

  /**
   * Another job that begins as this one, but for the scene.
   * @param {any | null} scene @param {object} fields @param {string} key
   * @returns {Promise<number | null>} its id
   */
  async function intoCopy(scene, fields, key) {
    const place = ids().findIndex(({ id }) => id === scene?.id)
    let copy = null
    const went = await ctx.attempt(async () => {
      const { job_id, storyboard } = await post(`${at()}/copy`, {}, { 'idempotency-key': key })
      const there = storyboard.scenes.map((/** @type {any} */ { id }) => ({ id }))
      if (place >= 0) await ask('PATCH', `/jobs/${job_id}/scenes/${there[place].id}`, fields)
      else await ask('PUT', `/jobs/${job_id}/storyboard`, { scenes: [...there, fields] })
      copy = job_id
    })
    return went ? copy : null
  }

  function close() {
    form?.leave()
    form = null
    ctx.draw()
  }

  /** @param {string} id of a scene */
  function toggle(id) {
    if (!whole.delete(id)) whole.add(id)
    ctx.draw()
  }

  /** What is rendered, heard and spoken, to be read without editing it. @param {any} scene */
  function texts({ id, prompt, description, voice_over: voice, music_description: music }) {
    const said = prompt ?? description ?? ''
    const isLong = said.length > SHORT.prompt || [voice, music].some((text) => text?.length > SHORT.line)
    const isShort = isLong && !whole.has(id)
    return html`<div class="texts" data-short=${isShort ? 'yes' : nothing}>
        <p class="prompt">${said}</p>
        ${voice ? html`<p class="faint small">“${voice}”</p>` : nothing}
        ${music ? html`<p class="faint small">♪ ${music}</p>` : nothing}
      </div>
      ${
        isLong
          ? html`<button class="whole" type="button" aria-expanded=${isShort ? 'false' : 'true'} @click=${() => toggle(id)}>${isShort ? 'Read the whole' : 'Shorten'}</button>`
          : nothing
      }`
  }

  /** What renders it, where that is not what one takes it for. @param {any} scene */
  function rendered({ model, variants, asset_ids: [first, last], uses_last_frame: endsWithIt }) {
    const clips = variants ?? usualVariants(ctx.job)
    const renders = ctx.models.find(({ id }) => id === (model ?? ctx.job.video_model))
    const said = [
      model ? `By ${renders?.name ?? model}.` : '',
      clips > 1 ? `${clips} clips to choose from.` : '',
      renders && last && last !== first && !endsWithIt ? movesFreely(renders) : '',
    ].filter(Boolean)
    return said.length > 0 ? html`<p class="faint small">${said.join(' ')}</p>` : nothing
  }

  /** @param {any} scene @param {number} index @param {Film | null} film */
  function card(scene, index, film) {
    const [first, last] = scene.asset_ids
    const count = ctx.job.storyboard.scenes.length
    const state = ctx.scenes.find(({ id }) => id === scene.id)
    const clip = state?.thumbnail_url
    return html`<li class="scene" data-scene=${scene.id} tabindex="0" aria-label=${`Scene ${index + 1}: ${scene.title ?? ''}`}>
      <div class="frames">
        ${
          clip
            ? film
              ? html`<button class="jump" type="button" @click=${() => film.seek(scene.time_start)} aria-label=${`Go to scene ${index + 1}`}>
                  <img src=${clip} alt="" loading="lazy" />
                </button>`
              : html`<img src=${clip} alt="Of the clip" loading="lazy" />`
            : html`<img src=${still(first)} alt="First frame" loading="lazy" />
                ${last && last !== first ? html`<img src=${still(last)} alt="Last frame" loading="lazy" />` : nothing}`
        }
        <span class="number">${index + 1}</span>
      </div>
      <div class="about">
        <h3>${scene.title ?? 'Untitled'}</h3>
        <p class="times">${clock(scene.time_start)} to ${clock(scene.time_end)} · ${duration(scene.duration)} · ${usd(scene.estimated_cost)}${scene.scene_type ? ` · ${inWords(scene.scene_type)}` : ''}</p>
        ${rendered(scene)}
        ${texts(scene)}
        ${
          scene.overlays.length > 0 || scene.caption
            ? html`<p class="words">
                ${scene.overlays.map((/** @type {any} */ { kind, text }) => html`<span><b>${inWords(kind)}</b> ${text}</span>`)}
                ${scene.caption ? html`<span><b>caption</b> ${scene.caption}</span>` : nothing}
              </p>`
            : nothing
        }
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
      ${film?.ofScene(scene, index) ?? nothing}
      ${index < count - 1 ? html`<p class="into">${scene.transition === 'cut' ? 'cut' : `${inWords(scene.transition)} ${duration(scene.transition_duration ?? 0.5)}`}</p>` : html`<p class="into last">end of the film</p>`}
    </li>`
  }

  return {
    /** Called when the job was read again. */
    refresh() {
      if (form && !isEditable() && !form.isChanged() && !form.isSending()) {
        close()
        ctx.say('Somebody decided meanwhile: the storyboard is closed.', 'bad')
      }
      if (isEditable()) unseen.load()
    },
    isUnsaved: () => form?.isChanged() ?? false,
    isSending: () => form?.isSending() ?? false,
    leave: () => form?.leave(),
    editFocused() {
      const id = document.activeElement?.closest('[data-scene]')?.getAttribute('data-scene')
      const scene = ctx.job?.storyboard.scenes.find((/** @type {any} */ one) => one.id === id)
      if (scene && isEditable()) edit(scene)
    },
    /** @param {Film | null} film once there is one */
    template(film) {
      const { scenes, film_duration: length } = ctx.job.storyboard
      if (!ctx.job.storyboard_ready) {
        return ctx.job.status === 'pending'
          ? html`<p class="faint" role="status">The storyboard is being written…</p>`
          : html`<p class="faint">It ended before there was a storyboard.</p>`
      }
      return html`<section aria-labelledby="storyboard">
        <div class="bar">
          <h2 id="storyboard">Storyboard</h2>
          <span class="faint">${counted(scenes.length, 'scene')} · ${duration(length)} · version ${ctx.job.storyboard_version}</span>
          <a class="faint" href=${`/api/v3/jobs/${ctx.job.job_id}/contact-sheet`} target="_blank" rel="noopener">Contact sheet</a>
          <a class="faint" href=${`/api/v3/jobs/${ctx.job.job_id}/storyboard/writing`} target="_blank" rel="noopener">How it was written</a>
          ${isEditable() ? html`<button class="button small" type="button" @click=${() => edit(null)}>Add a scene</button>` : nothing}
        </div>
        ${ctx.job.storyboard_note ? html`<p class="notice" data-tone="waiting">${ctx.job.storyboard_note}</p>` : nothing}
        ${leftOut(ctx.job.storyboard.photos)}
        <ol class="strip">${repeat(
          scenes,
          (scene) => scene.id,
          (scene, index) => card(scene, index, film),
        )}</ol>
        ${isEditable() ? unseen.template() : nothing}
        ${form ? form.template() : nothing}
      </section>`
    },
  }
}
