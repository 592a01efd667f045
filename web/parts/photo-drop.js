/** Where photos come in: dropped, pasted, chosen or fetched from the web. */
import { html, nothing } from '../lit-html/lit-html.js'

/** More are counted. */
const MOST_NAMED = 5

/** @param {string[]} names */
function named(names) {
  const some = names.slice(0, MOST_NAMED).map((name) => `“${name}”`)
  return names.length > MOST_NAMED ? `${some.join(', ')} and ${names.length - MOST_NAMED} more` : some.join(', ')
}

/**
 * @param {object} page
 * @param {() => void} page.draw
 * @param {ReturnType<typeof import('./uploads.js').createUploads>} page.uploads
 * @param {(problem: string) => void} page.say
 */
export function createPhotoDrop({ draw, uploads, say }) {
  let over = false

  /** @param {Iterable<File>} files */
  function add(files) {
    const all = [...files]
    // A browser that does not know a photo's format, such as HEIC, names no type.
    const photos = all.filter(({ type }) => type.startsWith('image/') || type === '')
    const others = all.filter((file) => !photos.includes(file)).map(({ name }) => name)
    for (const photo of photos) uploads.addFile(photo)
    say(others.length > 0 ? `${named(others)}: no photo. JPEG, PNG, WebP and HEIC are.` : '')
  }

  /** @param {string} text */
  function addUrls(text) {
    const words = text.split(/\s+/).filter(Boolean)
    const urls = words.filter((word) => /^https?:\/\//i.test(word))
    for (const url of urls) uploads.addUrl(url)
    const others = words.filter((word) => !urls.includes(word))
    say(others.length > 0 ? `${named(others)}: no address. They begin with https://` : '')
  }

  /** @param {ClipboardEvent} event */
  function paste({ clipboardData, target }) {
    if (clipboardData?.files.length) return add(clipboardData.files)
    const isField = target instanceof Element && target.closest('input, textarea')
    const text = clipboardData?.getData('text') ?? ''
    if (!isField && /^\s*https?:\/\//.test(text)) addUrls(text)
  }
  addEventListener('paste', paste)

  /** Beside the zone a browser would leave the page, and open the file. @param {DragEvent} event */
  const refuse = (event) => event.preventDefault()
  addEventListener('dragover', refuse)
  addEventListener('drop', refuse)

  /** @param {DragEvent} event @param {boolean} now */
  function drag(event, now) {
    event.preventDefault()
    // What is dragged may be one of the page's own photos, on its way to another place.
    if (over === now || (now && !event.dataTransfer?.types.includes('Files'))) return
    over = now
    draw()
  }

  function fetchThem() {
    const field = /** @type {HTMLTextAreaElement} */ (document.getElementById('urls'))
    addUrls(field.value)
    field.value = ''
  }

  /** @param {Event} event */
  function choose({ target }) {
    const input = /** @type {HTMLInputElement} */ (target)
    add(input.files ?? [])
    // The same files may be chosen again, after they failed.
    input.value = ''
  }

  return {
    leave() {
      removeEventListener('paste', paste)
      removeEventListener('dragover', refuse)
      removeEventListener('drop', refuse)
    },
    template: () => html`<div
        class="drop"
        data-over=${over ? 'yes' : nothing}
        data-more=${uploads.list.length > 0 ? 'yes' : nothing}
        @dragover=${(/** @type {DragEvent} */ event) => drag(event, true)}
        @dragleave=${(/** @type {DragEvent} */ event) => drag(event, false)}
        @drop=${(/** @type {DragEvent} */ event) => {
          drag(event, false)
          add(event.dataTransfer?.files ?? [])
        }}
      >
        <p><strong>Drop photos here</strong><br /><span class="faint">or paste them</span></p>
        <input class="unseen" id="files" type="file" accept="image/*,.heic" multiple @change=${choose} />
        <label class="button" for="files">Choose photos</label>
      </div>
      <details>
        <summary>From the web</summary>
        <label for="urls">Addresses of photos, one a line</label>
        <textarea id="urls" placeholder="https://…"></textarea>
        <button class="button small" type="button" @click=${fetchThem}>Fetch them</button>
      </details>`,
  }
}
