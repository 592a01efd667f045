/** A film from nothing: for whom, which photos, what kind; then its storyboard. */
import { get, post, query } from '../api.js'
import { useShortcuts } from '../keys.js'
import { html, nothing, render } from '../lit-html/lit-html.js'
import { createUploads } from '../parts/uploads.js'

const ENOUGH = 2

/** @type {import('../app.js').Page} */
export function page(main, { go }) {
  document.title = 'New film · Greenlight'
  /** @type {any[]} */
  let campaigns = []
  /** @type {any[]} */
  let kept = []
  /** @type {{ id: string, name: string } | null} */
  let campaign = null
  let problem = ''
  let busy = false
  let over = false
  const uploads = createUploads(draw)

  get('/campaigns')
    .then(({ data }) => {
      campaigns = data
      draw()
    })
    .catch(fail)

  /** @param {unknown} error */
  function fail(error) {
    problem = error instanceof Error ? error.message : String(error)
    busy = false
    draw()
  }

  /** @param {Event} event */
  async function choose({ target }) {
    const { value } = /** @type {HTMLSelectElement} */ (target)
    campaign = campaigns.find(({ id }) => id === value) ?? null
    kept = []
    draw()
    if (!campaign) return
    const { data } = await get(`/assets${query({ campaign_id: campaign.id, type: 'image', limit: 200 })}`)
    kept = data
    draw()
  }

  /** The campaign that photos go to: a new one is made when the first photo is there. */
  async function requireCampaign() {
    if (campaign) return campaign
    const client = field('client') || 'My company'
    const name = field('campaign') || 'My first film'
    const clients = (await get('/clients')).data
    const owner =
      clients.find((/** @type {any} */ one) => one.name === client) ?? (await post('/clients', { name: client })).data
    campaign = (await post('/campaigns', { client_id: owner.id, name, ...(field('goal') && { goal: field('goal') }) }))
      .data
    return /** @type {{ id: string, name: string }} */ (campaign)
  }

  /** @param {string} name */
  const field = (name) => {
    const input = main.querySelector(`[name="${name}"]`)
    return /** @type {HTMLInputElement | null} */ (input)?.value.trim() ?? ''
  }

  /** @param {Iterable<File>} files */
  async function add(files) {
    const photos = [...files].filter(({ type }) => type.startsWith('image/') || type === '')
    if (photos.length === 0) return
    try {
      const { id } = await once(requireCampaign)
      for (const photo of photos) uploads.sendFile(id, photo)
      problem = ''
    } catch (error) {
      fail(error)
    }
    draw()
  }

  /** @type {Promise<any> | null} */
  let making = null
  /** @template T @param {() => Promise<T>} make @returns {Promise<T>} */
  function once(make) {
    making ??= make().finally(() => {
      making = null
    })
    return making
  }

  async function addUrls() {
    const urls = field('urls').split(/\s+/).filter(Boolean)
    if (urls.length === 0) return
    try {
      const { id } = await once(requireCampaign)
      for (const url of urls) uploads.sendUrl(id, url)
      const input = main.querySelector('[name="urls"]')
      if (input instanceof HTMLTextAreaElement) input.value = ''
    } catch (error) {
      fail(error)
    }
    draw()
  }

  /** @param {ClipboardEvent} event */
  const paste = ({ clipboardData }) => add(clipboardData?.files ?? [])
  addEventListener('paste', paste)

  const ready = () => kept.length + uploads.list.filter(({ done }) => done).length

  /** @param {SubmitEvent} event */
  async function make(event) {
    event.preventDefault()
    if (ready() < ENOUGH) {
      problem = `Add ${ENOUGH - ready()} more: a film is made of two photos at least.`
      return draw()
    }
    busy = true
    problem = ''
    draw()
    try {
      const { id } = await once(requireCampaign)
      const kind = field('kind')
      const text = (/** @type {string} */ name) => (field(name) ? { [name]: field(name) } : {})
      const parameters = {
        ...{ aspect_ratio: field('aspect_ratio'), transition: field('transition') },
        auto_generate_audio: field('music') === 'on',
        ...text('style'),
        ...text('music_genre'),
        ...text('title'),
        ...text('price'),
        ...text('call_to_action'),
      }
      const body = {
        campaign_id: id,
        video_model: field('model'),
        clip_duration: Number(field('clip_duration')),
        parameters,
      }
      const { job_id } = await post(
        `/jobs/${kind}`,
        kind === 'from-image-pairs' ? { ...body, num_pairs: Number(field('scenes')) } : body,
        { 'idempotency-key': crypto.randomUUID() },
      )
      go(`/jobs/${job_id}`)
    } catch (error) {
      fail(error)
    }
  }

  useShortcuts([{ key: 'b', does: 'Back to the board', run: () => go('/') }])

  /** @param {string} name @param {string} label @param {[value: string, text: string][]} options */
  const select = (name, label, options) => html`<div>
    <label for=${name}>${label}</label>
    <select id=${name} name=${name}>${options.map(([value, text]) => html`<option value=${value}>${text}</option>`)}</select>
  </div>`
  /** @param {string} name @param {string} label @param {string} [placeholder] */
  const line = (name, label, placeholder = '') => html`<div>
    <label for=${name}>${label}</label>
    <input id=${name} name=${name} placeholder=${placeholder} />
  </div>`

  function draw() {
    const enough = ready() >= ENOUGH
    render(
      html`<h1>A new film</h1>
        <p class="lead">Photos in, storyboard out. Nothing costs anything until somebody approves it.</p>
        <form class="make" @submit=${make}>
          <section class="card">
            <h2>1. For whom</h2>
            <div class="fields">
              ${
                campaigns.length > 0
                  ? html`<div>
                      <label for="which">Campaign</label>
                      <select id="which" @change=${choose} ?disabled=${uploads.list.length > 0}>
                        <option value="" ?selected=${!campaign}>A new campaign</option>
                        ${campaigns.map(({ id, name }) => html`<option value=${id} ?selected=${campaign?.id === id}>${name}</option>`)}
                      </select>
                    </div>`
                  : nothing
              }
              ${
                campaign
                  ? html`<p class="faint">The photos go to “${campaign.name}”.</p>`
                  : html`${line('client', 'Client', 'My company')} ${line('campaign', 'Name of the campaign', 'My first film')}
                    ${line('goal', 'What should the film achieve?', 'More viewings')}`
              }
            </div>
          </section>
          <section class="card">
            <h2>2. Photos</h2>
            <div
              class="drop"
              data-over=${over ? 'yes' : nothing}
              @dragover=${(/** @type {DragEvent} */ event) => drag(event, true)}
              @dragleave=${(/** @type {DragEvent} */ event) => drag(event, false)}
              @drop=${(/** @type {DragEvent} */ event) => {
                drag(event, false)
                add(event.dataTransfer?.files ?? [])
              }}
            >
              <p><strong>Drop photos here</strong>, paste them, or</p>
              <label class="button" for="files">Choose photos</label>
              <input class="unseen" id="files" type="file" accept="image/*" multiple @change=${(/** @type {Event} */ { target }) => add(/** @type {HTMLInputElement} */ (target).files ?? [])} />
            </div>
            <details>
              <summary>From the web</summary>
              <label for="urls">Addresses of photos, one a line</label>
              <textarea id="urls" name="urls"></textarea>
              <button class="button small" type="button" @click=${addUrls}>Fetch them</button>
            </details>
            <ul class="uploads" aria-label="Photos">
              ${kept.map(({ id, name }) => html`<li><img src=${`/api/v3/assets/${id}/thumbnail`} alt=${name} loading="lazy" /></li>`)}
              ${uploads.list.map(
                ({ name, preview, sent, done, problem: why }) => html`<li data-tone=${why ? 'failed' : 'done'}>
                  ${preview ? html`<img src=${preview} alt=${name} />` : nothing}
                  ${done || why ? nothing : html`<progress max="1" .value=${sent} aria-label=${`Sending ${name}`}></progress>`}
                  ${why ? html`<span class="why">${name}: ${why}</span>` : nothing}
                </li>`,
              )}
            </ul>
          </section>
          <section class="card">
            <h2>3. The film</h2>
            <div class="fields">
              ${select('kind', 'Kind', [
                ['from-image-pairs', 'From photo to photo'],
                ['from-property-photos', 'A tour of a property'],
              ])}
              ${select('model', 'Model', [
                ['veo3', 'Veo 3.1'],
                ['hailuo-02', 'Hailuo 02'],
              ])}
              ${select('aspect_ratio', 'Shape', [
                ['16:9', 'Wide, 16:9'],
                ['9:16', 'Upright, 9:16'],
                ['1:1', 'Square'],
              ])}
              ${select(
                'scenes',
                'Scenes',
                ['3', '4', '5', '6', '8', '10'].map((n) => [n, n]),
              )}
              ${select('clip_duration', 'Seconds a scene', [
                ['4', '4'],
                ['6', '6'],
                ['8', '8'],
              ])}
              ${select('transition', 'From scene to scene', [
                ['auto', 'As it suits'],
                ['cut', 'Cuts'],
                ['crossfade', 'Crossfades'],
              ])}
              ${select('music', 'Music', [
                ['on', 'Make some'],
                ['off', 'None'],
              ])}
              ${line('music_genre', 'Kind of music', 'warm piano')}
              ${line('style', 'Style', 'calm, natural light')}
            </div>
            <details>
              <summary>Words on the picture</summary>
              <div class="fields">
                ${line('title', 'Title, at the beginning', 'A house by the lake')}
                ${line('price', 'Price, at the end', '€ 480,000')}
                ${line('call_to_action', 'Call to action, at the end', 'Book a viewing')}
              </div>
            </details>
          </section>
          <p class="problem" role="alert">${problem}</p>
          <div class="actions">
            <button class="button primary" ?disabled=${busy || uploads.isBusy()}>
              ${busy ? 'Writing the storyboard…' : uploads.isBusy() ? 'Sending photos…' : 'Make the storyboard'}
            </button>
            <span class="faint" role="status">${enough ? `${ready()} photos` : `${ready()} of ${ENOUGH} photos at least`}</span>
          </div>
        </form>`,
      main,
    )
  }

  /** @param {DragEvent} event @param {boolean} now */
  function drag(event, now) {
    event.preventDefault()
    if (over !== now) {
      over = now
      draw()
    }
  }

  draw()
  return () => {
    removeEventListener('paste', paste)
    uploads.leave()
  }
}
