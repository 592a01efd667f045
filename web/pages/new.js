/** A film from nothing: for whom, which photos, what kind and for how much; then its storyboard. */
import { get, post, query } from '../api.js'
import { counted, duration, usd } from '../format.js'
import { useShortcuts } from '../keys.js'
import { html, nothing, render } from '../lit-html/lit-html.js'
import { newId } from '../new-id.js'
import { createCampaignChoice } from '../parts/campaign-choice.js'
import { lengthOf, priceOf, scenesForAll, scenesOf } from '../parts/estimate.js'
import { filmFields, USUAL_KIND } from '../parts/film-fields.js'
import { createOwnMusic } from '../parts/own-music.js'
import { createPhotoDrop } from '../parts/photo-drop.js'
import { createPhotoTiles } from '../parts/photo-tiles.js'
import { roomsOf } from '../parts/rooms.js'
import { createUploads } from '../parts/uploads.js'
import { holdSending, holdUnsaved } from '../unsaved.js'

const ENOUGH = 2
/** As many as the API takes for a film. */
const MOST_PHOTOS = 1000
/** Where somebody writes who would not like to write it again. */
const WRITTEN = [
  ...['campaign', 'client', 'goal', 'brief', 'other_rooms', 'style', 'music_genre'],
  ...['title', 'price', 'call_to_action'],
]

/** @typedef {import('../parts/estimate.js').Model} Model */

/** @type {import('../app.js').Page} */
export function page(main, { go }) {
  document.title = 'New film · Greenlight'
  /** @type {Model[]} */
  let models = []
  let problem = ''
  let busy = false
  let choices = 0
  const choice = createCampaignChoice({ field, chosen: (campaign) => show(campaign).catch(fail) })
  const uploads = createUploads(draw, choice.required)
  const tiles = createPhotoTiles(uploads)
  const drop = createPhotoDrop({ draw, uploads, say })
  const ownMusic = createOwnMusic({ draw, campaign: choice.required })

  Promise.all([get('/models'), choice.load()])
    .then(([{ data }]) => {
      models = data
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

  /** @param {string} name */
  function field(name) {
    const form = main.querySelector('form')
    const value = form && new FormData(form).get(name)
    return typeof value === 'string' ? value.trim() : ''
  }

  /** The photos that a campaign has. @param {{ id: string } | null} campaign */
  async function show(campaign) {
    const mine = ++choices
    uploads.clear()
    ownMusic.forget()
    draw()
    if (!campaign) return
    const { data } = await get(`/assets${query({ campaign_id: campaign.id, type: 'image', limit: MOST_PHOTOS })}`)
    if (mine !== choices) return
    uploads.precede(data.reverse())
    draw()
  }

  const isKept = (/** @type {string} */ name) => name === 'brief' && field(name) === choice.brief()
  const isSending = () => uploads.isBusy() || ownMusic.isBusy()
  const holds = [holdUnsaved(() => WRITTEN.some((name) => field(name) && !isKept(name))), holdSending(isSending)]
  const letGo = () => {
    for (const end of holds) end()
  }

  const kind = () => field('kind') || USUAL_KIND
  const music = () => field('music') || 'on'
  const videoModels = () => models.filter((model) => model.kind === 'video')
  const model = () =>
    videoModels().find(({ id }) => id === field('model')) ?? videoModels().find(({ is_default }) => is_default)
  const drafter = () => models.find((one) => one.is_draft)
  const isDraft = () => field('quality') === 'draft'
  const composer = () => models.find((one) => one.kind === 'music')
  const count = () => uploads.chosen().length

  /** What the film will be; null until there are photos enough, and prices. */
  function film() {
    const rendered = model()
    if (!rendered || count() < ENOUGH) return null
    const seconds = lengthOf(rendered, Number(field('clip_duration')))
    const scenes = scenesOf(kind(), count(), Number(field('scenes')))
    const full = scenes * priceOf(rendered, seconds)
    const small = /** @type {Model} */ (drafter())
    const draft = scenes * priceOf(small, lengthOf(small, seconds))
    const score = music() === 'on' ? scenes * priceOf(/** @type {Model} */ (composer())) : 0
    return { scenes, seconds, full, draft, video: isDraft() ? draft : full, score }
  }

  let sent = { wish: '', key: '' }

  /** @param {SubmitEvent} event */
  async function make(event) {
    event.preventDefault()
    if (busy || isSending()) return
    if (count() < ENOUGH) {
      document.getElementById('files')?.focus()
      return say(
        count() === 0 ? 'Add photos first: two at least.' : 'Add one more photo: a film is made of two at least.',
      )
    }
    if (music() === 'own' && !ownMusic.id()) {
      document.getElementById('own-music')?.focus()
      return say('Choose the sound of your own, or other music.')
    }
    busy = true
    say('')
    try {
      const { at, body } = asked(await choice.settle())
      const wish = JSON.stringify([at, body])
      // The same wish again, because its answer was lost, makes no second job.
      if (wish !== sent.wish) sent = { wish, key: newId() }
      const { job_id, data } = await post(at, body, { 'idempotency-key': sent.key })
      letGo()
      go(`/jobs/${job_id ?? data.id}`)
    } catch (error) {
      fail(error)
    }
  }

  /** @param {string} campaign_id */
  function asked(campaign_id) {
    const text = (/** @type {string} */ name) => (field(name) ? { [name]: field(name) } : {})
    const parameters = {
      ...{ aspect_ratio: field('aspect_ratio'), transition: field('transition') },
      ...(isDraft() && { quality: 'draft' }),
      auto_generate_audio: music() === 'on',
      ...(music() === 'own' && { music_asset_id: ownMusic.id() }),
      ...text('style'),
      ...text('music_genre'),
      ...text('title'),
      ...text('price'),
      ...text('call_to_action'),
    }
    const asset_ids = uploads.chosen().map(({ id }) => id)
    const common = { asset_ids, video_model: field('model'), clip_duration: Number(field('clip_duration')), parameters }
    const scenes = Number(field('scenes'))
    if (kind() === 'campaign') {
      const body = { ...common, num_scenes: scenesOf('campaign', count(), scenes) }
      return { at: `/campaigns/${campaign_id}/create-job`, body }
    }
    const body = { campaign_id, ...common }
    if (kind() === 'image_pairs') {
      return { at: '/jobs/from-image-pairs', body: { ...body, ...(scenes > 0 && { num_pairs: scenes }) } }
    }
    const property_types = roomsOf(new FormData(/** @type {HTMLFormElement} */ (main.querySelector('form'))))
    const tour = { ...(property_types && { property_types }), ...(scenes > 0 && { num_scenes: scenes }) }
    return { at: '/jobs/from-property-photos', body: { ...body, ...tour } }
  }

  useShortcuts([{ key: 'b', does: 'Back to the board', run: () => go('/') }])

  function figures() {
    const will = film()
    if (!will) {
      return html`<p><span class="amount">${count()} of ${ENOUGH} photos</span></p>
        <p class="faint">A film needs two at least. <span class="more">What it costs will stand here.</span></p>`
    }
    const { scenes, seconds, full, video, score } = will
    const all = scenesForAll(kind(), count())
    const many = counted(scenes, 'scene')
    const what = isDraft() ? `a draft of ${many}` : many
    return html`<p><span class="amount">About ${usd(video + score)}</span> for ${what}</p>
      <p class="faint more">${count()} photos, about ${duration(scenes * seconds)} of film.</p>
      ${kind() !== 'campaign' && scenes < all ? html`<p class="faint more">Perhaps not every photo is seen: ${all} scenes show each.</p>` : nothing}
      <dl class="bill">
        <div><dt>Video, ${many} of ${duration(seconds)}</dt><dd>${usd(video)}</dd></div>
        ${score > 0 ? html`<div><dt>Music</dt><dd>${usd(score)}</dd></div>` : nothing}
        ${isDraft() ? html`<div><dt>Later, in full quality</dt><dd>${usd(full)}</dd></div>` : nothing}
      </dl>`
  }

  const summary = () => html`<aside class="card summary" aria-label="What you will get">
    <div role="status">${figures()}</div>
    <p class="problem" role="alert">${problem}</p>
    <button class="button primary" ?disabled=${busy || isSending() || !model()}>
      ${busy ? 'Writing the storyboard…' : uploads.isBusy() ? 'Sending photos…' : isSending() ? 'Sending the music…' : 'Make the storyboard'}
    </button>
    <p class="hint">The storyboard is free. The film is paid for only once somebody approves it.</p>
  </aside>`

  /** @param {string} id @param {number} step @param {string} title @param {import('../lit-html/lit-html.js').TemplateResult} content */
  const section = (id, step, title, content) => html`<section class="card" aria-labelledby=${id}>
    <h2 id=${id}><span class="step" aria-hidden="true">${step}</span>${title}</h2>
    ${content}
  </section>`

  function draw() {
    const isFixed = uploads.list.some(({ send }) => send) || ownMusic.isThere()
    const names = choice.names()
    const rendered = model()
    const chosen = {
      ...{ kind: kind(), photos: count(), brief: choice.brief(), models: videoModels(), model: rendered },
      length: rendered ? lengthOf(rendered, Number(field('clip_duration'))) : 0,
      ...{ composer: composer(), music: music(), ownMusic: ownMusic.template(), prices: film() },
    }
    render(
      html`<div class="head"><div>
          <h1>A new film</h1>
          <p class="lead">Add photos: everything else has an answer already, and can have another.</p>
        </div></div>
        <form class="make" @submit=${make} @change=${draw}>
          <div class="steps">
            ${section('photos', 1, 'Photos', html`${choice.which(isFixed)} ${drop.template()} ${tiles.template(kind() !== 'property_photos')}`)}
            ${section('the-film', 2, 'The film', filmFields(chosen))}
            ${names ? section('for-whom', 3, 'What it is called', names) : nothing}
          </div>
          ${summary()}
        </form>`,
      main,
    )
  }

  draw()
  return () => {
    letGo()
    drop.leave()
    uploads.leave()
    ownMusic.leave()
  }
}
