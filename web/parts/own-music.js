/** Music that somebody brings: one file, sent as soon as it is chosen. */
import { html, nothing } from '../lit-html/lit-html.js'
import { createUploads } from './uploads.js'

/**
 * @param {object} page
 * @param {() => void} page.draw
 * @param {() => Promise<{ id: string }>} page.campaign that it goes to
 */
export function createOwnMusic({ draw, campaign }) {
  const uploads = createUploads(draw, campaign)
  let problem = ''

  /** @param {Event} event */
  function choose({ target }) {
    const input = /** @type {HTMLInputElement} */ (target)
    const [file] = input.files ?? []
    // The same file may be chosen again, after it failed.
    input.value = ''
    if (!file) return
    // A browser that does not know a sound's format names no type.
    problem =
      file.type.startsWith('audio/') || file.type === '' ? '' : `“${file.name}” is no sound: MP3, WAV and M4A are.`
    if (!problem) {
      forget()
      uploads.addFile(file)
    }
    draw()
  }

  function forget() {
    for (const one of [...uploads.list]) uploads.forget(one)
  }

  /** @param {import('./uploads.js').Photo} sound */
  function state(sound) {
    const { name, sent, done, problem: refused } = sound
    if (refused) {
      return html`<p class="problem" role="alert">${name}: ${refused}</p>
        <button class="button small" type="button" @click=${() => uploads.tryAgain(sound)}>Try again</button>`
    }
    return html`<p class="own-name" role="status">♪ ${name}</p>
      ${done ? nothing : html`<progress max="1" .value=${sent} aria-label=${`Sending ${name}`}></progress>`}`
  }

  return {
    isBusy: uploads.isBusy,
    isThere: () => uploads.list.length > 0,
    /** The id of the asset, once the campaign has it. @returns {string | undefined} */
    id: () => uploads.chosen()[0]?.id,
    forget,
    leave: uploads.leave,
    template() {
      const [sound] = uploads.list
      return html`<div class="own-music">
        <input class="unseen" id="own-music" type="file" accept="audio/*" @change=${choose} />
        <label class="button small" for="own-music">${sound ? 'Choose another sound' : 'Choose a sound'}</label>
        ${sound ? state(sound) : html`<p class="hint">It is repeated, or ended, to fit the film.</p>`}
        <p class="problem" role="alert">${problem}</p>
      </div>`
    },
  }
}
