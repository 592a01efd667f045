/** A film from nothing: for whom, which photos, what kind; then its storyboard. */
import { get, patch, post, query } from '../api.js'
import { duration } from '../format.js'
import { useShortcuts } from '../keys.js'
import { html, nothing, render } from '../lit-html/lit-html.js'
import { filmFields, lengthOf } from '../parts/film-fields.js'
import { createPhotoDrop } from '../parts/photo-drop.js'

const ENOUGH = 2
/** Unasked, more photos make no more scenes. */
const MOST_SCENES = 10
/** What a campaign is called that nobody named. */
const UNNAMED = 'My first film'

/** @type {import('../app.js').Page} */
export function page(main, { go }) {
  document.title = 'New film · Greenlight'
  /** @type {any[]} */
  let campaigns = []
  /** @type {any[]} */
  let clients = []
  /** @type {any[]} */
  let kept = []
  /** @type {{ id: string, clientId: string, name: string } | null} the one that photos go to */
  let campaign = null
  /** Whether it was made on this page, and so may still be given another name. */
  let isOurs = false
  let problem = ''
  let busy = false
  const photos = createPhotoDrop({ draw, campaign: () => once(requireCampaign), say })

  Promise.all([get('/campaigns'), get('/clients')])
    .then(([some, others]) => {
      campaigns = some.data
      clients = others.data
      draw()
    })
    .catch(fail)

  /** @param {string} text */
  function say(text) {
    problem = text
    draw()
  }

  /** @param {unknown} error */
  function fail(error) {
    busy = false
    say(error instanceof Error ? error.message : String(error))
  }

  /** @param {Event} event */
  async function choose({ target }) {
    const { value } = /** @type {HTMLSelectElement} */ (target)
    campaign = campaigns.find(({ id }) => id === value) ?? null
    kept = []
    draw()
    if (!campaign) return
    const of = campaign
    const { data } = await get(`/assets${query({ campaign_id: of.id, type: 'image', limit: 200 })}`)
    if (campaign !== of) return
    kept = data
    draw()
  }

  /** @param {string} name */
  const field = (name) => {
    const input = main.querySelector(`[name="${name}"]`)
    return /** @type {HTMLInputElement | null} */ (input)?.value.trim() ?? ''
  }
  const named = () => ({
    name: field('campaign') || UNNAMED,
    ...(field('goal') && { goal: field('goal') }),
  })

  /** A new one is made when the first photo is there: photos are kept in campaigns. */
  async function requireCampaign() {
    if (campaign) return campaign
    const client_id = await clientNamed()
    campaign = (await post('/campaigns', { client_id, ...named() })).data
    isOurs = true
    return /** @type {NonNullable<typeof campaign>} */ (campaign)
  }

  /** Who has one client only, or may see no other, need not name it. */
  const usualClient = () => clients[0]?.name ?? 'My company'

  async function clientNamed() {
    const name = field('client') || usualClient()
    const { data } = await get('/clients')
    const known = data.find((/** @type {any} */ one) => one.name === name)
    return (known ?? (await post('/clients', { name })).data).id
  }

  /** Names may have been written after the first photo was there. */
  async function nameCampaign() {
    const { id, clientId } = await once(requireCampaign)
    if (!isOurs) return id
    const client_id = await clientNamed()
    await patch(`/campaigns/${id}`, { ...named(), ...(client_id !== clientId && { client_id }) })
    return id
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

  const ready = () => kept.length + photos.list.filter(({ done }) => done).length

  function sceneCount() {
    const most = field('kind') === 'from-property-photos' ? ready() : ready() - 1
    return Number(field('scenes')) || Math.max(1, Math.min(MOST_SCENES, most))
  }

  const length = () => lengthOf(field('model'), Number(field('clip_duration')))

  /** @param {SubmitEvent} event */
  async function make(event) {
    event.preventDefault()
    if (busy || photos.isBusy()) return
    if (ready() < ENOUGH) {
      document.getElementById('files')?.focus()
      return say(
        ready() === 0 ? 'Add photos first: two at least.' : 'Add one more photo: a film is made of two at least.',
      )
    }
    busy = true
    say('')
    try {
      const { job_id } = await post(`/jobs/${field('kind')}`, asked(await nameCampaign()), {
        'idempotency-key': crypto.randomUUID(),
      })
      go(`/jobs/${job_id}`)
    } catch (error) {
      fail(error)
    }
  }

  /** @param {string} campaign_id */
  function asked(campaign_id) {
    const text = (/** @type {string} */ name) => (field(name) ? { [name]: field(name) } : {})
    const parameters = {
      ...{ aspect_ratio: field('aspect_ratio'), transition: field('transition') },
      auto_generate_audio: field('music') === 'on',
      ...text('style'),
      ...(field('music') === 'on' && text('music_genre')),
      ...text('title'),
      ...text('price'),
      ...text('call_to_action'),
    }
    const body = { campaign_id, video_model: field('model'), clip_duration: Number(field('clip_duration')), parameters }
    const scenes = field('kind') === 'from-image-pairs' && Number(field('scenes'))
    return scenes ? { ...body, num_pairs: scenes } : body
  }

  useShortcuts([{ key: 'b', does: 'Back to the board', run: () => go('/') }])

  /** @param {string} name @param {string} label @param {string} placeholder @param {string} [list] of what it may be */
  const line = (name, label, placeholder, list) => html`<div>
    <label for=${name}>${label}</label>
    <input id=${name} name=${name} list=${list ?? nothing} maxlength="255" placeholder=${placeholder} autocomplete="off" />
  </div>`

  const forWhom = () => html`<section class="card" aria-labelledby="for-whom">
    <h2 id="for-whom"><span class="step" aria-hidden="true">1</span>For whom</h2>
    <div class="fields">
      ${
        campaigns.length > 0
          ? html`<div class="wide">
              <label for="which">Campaign</label>
              <select id="which" @change=${choose} ?disabled=${photos.list.length > 0}>
                <option value="" ?selected=${!campaign || isOurs}>A new campaign</option>
                ${campaigns.map(({ id, name }) => html`<option value=${id} ?selected=${campaign?.id === id}>${name}</option>`)}
              </select>
            </div>`
          : nothing
      }
      ${
        campaign && !isOurs
          ? nothing
          : html`${line('client', 'Client', usualClient(), 'clients')}
            <datalist id="clients">${clients.map(({ name }) => html`<option value=${name}></option>`)}</datalist>
            ${line('campaign', 'Name of the film or campaign', UNNAMED)}
            <div class="wide">${line('goal', 'What should it achieve? (if you like)', 'More viewings this spring')}</div>`
      }
    </div>
  </section>`

  function summary() {
    const count = ready()
    const enough = count >= ENOUGH
    const scenes = sceneCount()
    return html`<aside class="card summary" aria-label="What you will get">
      <p class="amount" role="status">${enough ? `${count} photos` : `${count} of ${ENOUGH} photos`}</p>
      <p class="faint">
        ${enough ? `${scenes} ${scenes === 1 ? 'scene' : 'scenes'}, about ${duration(scenes * length())}.` : 'A film needs two at least.'}
      </p>
      <p class="problem" role="alert">${problem}</p>
      <button class="button primary" ?disabled=${busy || photos.isBusy()}>
        ${busy ? 'Writing the storyboard…' : photos.isBusy() ? 'Sending photos…' : 'Make the storyboard'}
      </button>
      <p class="hint">It is free. What the film costs stands on the storyboard, and is spent only once it is approved.</p>
    </aside>`
  }

  function draw() {
    render(
      html`<div class="head"><div>
          <h1>A new film</h1>
          <p class="lead">Photos in, storyboard out.</p>
        </div></div>
        <form class="make" @submit=${make} @change=${draw}>
          <div class="steps">
            ${forWhom()}
            <section class="card" aria-labelledby="photos">
              <h2 id="photos"><span class="step" aria-hidden="true">2</span>Photos</h2>
              ${photos.template(kept)}
            </section>
            <section class="card" aria-labelledby="the-film">
              <h2 id="the-film"><span class="step" aria-hidden="true">3</span>The film</h2>
              ${filmFields({ kind: field('kind'), model: field('model'), music: field('music'), length: length() })}
            </section>
          </div>
          ${summary()}
        </form>`,
      main,
    )
  }

  draw()
  return photos.leave
}
