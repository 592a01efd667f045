/** Where photos come in: dropped, pasted, chosen or fetched from the web, several at once, each with how far it is. */
import { html, nothing } from '../lit-html/lit-html.js'
import { createUploads } from './uploads.js'

/**
 * @param {object} page
 * @param {() => void} page.draw
 * @param {() => Promise<{ id: string }>} page.campaign that the photos go to
 * @param {(problem: string) => void} page.say
 */
export function createPhotoDrop({ draw, campaign, say }) {
  const uploads = createUploads(draw)
  let over = false

  /** @param {Iterable<File>} files */
  async function add(files) {
    const all = [...files]
    // A browser that does not know a photo's format, such as HEIC, names no type.
    const photos = all.filter(({ type }) => type.startsWith('image/') || type === '')
    const others = all.filter((file) => !photos.includes(file)).map(({ name }) => `“${name}”`)
    say(others.length > 0 ? `${others.join(', ')}: no photo. JPEG, PNG, WebP and HEIC are.` : '')
    if (photos.length > 0) {
      await toCampaign((id) => {
        for (const photo of photos) uploads.sendFile(id, photo)
      })
    }
    draw()
  }

  /** @param {string} text */
  async function addUrls(text) {
    const urls = text.split(/\s+/).filter(Boolean)
    say('')
    if (urls.length > 0) {
      await toCampaign((id) => {
        for (const url of urls) uploads.sendUrl(id, url)
      })
    }
    draw()
    return urls.length > 0
  }

  /** @param {(campaignId: string) => void} send */
  async function toCampaign(send) {
    try {
      send((await campaign()).id)
    } catch (error) {
      say(error instanceof Error ? error.message : String(error))
    }
  }

  /** @param {ClipboardEvent} event */
  function paste({ clipboardData, target }) {
    if (clipboardData?.files.length) return add(clipboardData.files)
    const isField = target instanceof Element && target.closest('input, textarea')
    const text = clipboardData?.getData('text') ?? ''
    if (!isField && /^\s*https?:\/\//.test(text)) return addUrls(text)
  }
  addEventListener('paste', paste)

  /** Beside the zone a browser would leave the page, and open the file. @param {DragEvent} event */
  const refuse = (event) => event.preventDefault()
  addEventListener('dragover', refuse)
  addEventListener('drop', refuse)

  /** @param {DragEvent} event @param {boolean} now */
  function drag(event, now) {
    event.preventDefault()
    if (over === now) return
    over = now
    draw()
  }

  async function fetchThem() {
    const field = /** @type {HTMLTextAreaElement} */ (document.getElementById('urls'))
    if (await addUrls(field.value)) field.value = ''
  }

  return {
    list: uploads.list,
    isBusy: uploads.isBusy,
    leave() {
      removeEventListener('paste', paste)
      removeEventListener('dragover', refuse)
      removeEventListener('drop', refuse)
      uploads.leave()
    },
    /** @param {any[]} kept photos that the campaign has already */
    template: (kept) => html`<div
        class="drop"
        data-over=${over ? 'yes' : nothing}
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
      </details>
      <ul class="uploads" aria-label="Photos">
        ${kept.map(({ id, name }) => html`<li><img src=${`/api/v3/assets/${id}/thumbnail`} alt=${name} loading="lazy" /></li>`)}
        ${uploads.list.map(upload)}
      </ul>`,
  }

  /** @param {Event} event */
  function choose({ target }) {
    const input = /** @type {HTMLInputElement} */ (target)
    add(input.files ?? [])
    // The same files may be chosen again, after they failed.
    input.value = ''
  }

  /** @param {import('./uploads.js').Upload} one */
  function upload(one) {
    const { name, preview, sent, done, problem } = one
    if (problem) {
      return html`<li class="refused" data-tone="failed">
        <span class="why">${name}: ${problem}</span>
        <button class="quiet" type="button" @click=${() => uploads.forget(one)} aria-label=${`Dismiss ${name}`}>×</button>
      </li>`
    }
    return html`<li>
      ${preview ? html`<img src=${preview} alt=${name} />` : html`<span class="name">${name}</span>`}
      ${done ? nothing : html`<progress max="1" .value=${sent} aria-label=${`Sending ${name}`}></progress>`}
    </li>`
  }
}
