/** One job: its storyboard to review, its rendering to watch, its film to see. */
import { get, post, Refused } from '../api.js'
import { age, counted, duration, moment, stateOf, toneOf, usd } from '../format.js'
import { inOrder } from '../in-order.js'
import { useShortcuts } from '../keys.js'
import { html, nothing, render } from '../lit-html/lit-html.js'
import { onConnection, onEvent } from '../live.js'
import { newId } from '../new-id.js'
import { askFor, confirmed } from '../parts/dialogs.js'
import { createFilm } from '../parts/film.js'
import { createProgress } from '../parts/progress.js'
import { createReview } from '../parts/review.js'
import { spend } from '../parts/spend.js'
import { holdSending, holdUnsaved } from '../unsaved.js'

const AGAIN_MS = 250

/**
 * What a part of the page is given: the job as it is, and what it may do to the page.
 * @typedef {object} JobPage
 * @property {any} job
 * @property {any[]} scenes with their states
 * @property {any} audio what became of the music; null before it was read
 * @property {import('../parts/estimate.js').Model[]} models that there are; empty while they are not known
 * @property {Map<string, import('../parts/again.js').Wish>} wishes of scenes to be rendered again, by their ids, and not sent
 * @property {string | null} editor who changed the storyboard last, as far as was seen
 * @property {import('../app.js').Me} me
 * @property {boolean} decides whether who looks may approve and spend
 * @property {{ text: string, tone: string }} notice what was said last
 * @property {() => void} draw
 * @property {() => Promise<void>} reload
 * @property {(text: string, tone?: 'good' | 'bad') => void} say shown above the page, and read out
 * @property {(to: string) => void} go
 * @property {(act: () => Promise<unknown>, done?: string) => Promise<boolean>} attempt does something, and says what went wrong
 */

/** @type {import('../app.js').Page} */
export function page(main, { id, go, back, me }) {
  document.title = `Job ${id} · Greenlight`
  let missing = ''
  let isUnknown = false
  let busy = false
  let hasLeft = false

  /** @type {JobPage} */
  const ctx = {
    job: null,
    scenes: [],
    audio: null,
    models: [],
    wishes: new Map(),
    editor: null,
    me,
    decides: me.role !== 'creator',
    notice: { text: '', tone: 'good' },
    draw,
    reload,
    say,
    go,
    attempt,
  }
  const review = createReview(ctx)
  const progress = createProgress(ctx)
  const film = createFilm(ctx)
  /** Why it is rejected, as far as that was written. */
  let why = ''
  const stopHolding = holdUnsaved(
    () =>
      review.isUnsaved() ||
      film.isUnsaved() ||
      ctx.wishes.size > 0 ||
      (ctx.job?.status === 'pending' && why.trim() !== ''),
  )

  const stopSending = holdSending(review.isSending)

  const asking = inOrder()

  /** Without them, prices stand on the buttons alone. */
  async function readModels() {
    ctx.models = await get('/models').then(
      ({ data }) => data,
      () => [],
    )
    draw()
  }

  async function reload() {
    if (hasLeft) return
    if (ctx.models.length === 0) readModels()
    const isNews = asking()
    try {
      const [job, { scenes }, music] = await Promise.all([
        get(`/jobs/${id}`),
        get(`/jobs/${id}/scenes`),
        get(`/audio/status/${id}`),
      ])
      if (hasLeft || !isNews()) return
      ctx.job = job
      ctx.scenes = scenes
      ctx.audio = music.audio_status
      document.title = `${job.video_name} · Greenlight`
      missing = ''
      review.refresh()
      progress.refresh()
      film.refresh()
    } catch (error) {
      if (hasLeft || !isNews()) return
      missing = error instanceof Error ? error.message : String(error)
      isUnknown = error instanceof Refused && error.status === 404
    }
    draw()
  }

  /**
   * @param {string} text
   * @param {'good' | 'bad'} [tone]
   */
  function say(text, tone = 'good') {
    ctx.notice = { text, tone }
    draw()
  }

  /**
   * @param {() => Promise<unknown>} act
   * @param {string} [done]
   */
  async function attempt(act, done) {
    if (busy) {
      say('What you did before is still under way: try again in a moment.', 'bad')
      return false
    }
    const from = document.activeElement
    busy = true
    draw()
    let went = true
    try {
      await act()
      if (done) say(done)
    } catch (error) {
      went = false
      say(error instanceof Error ? error.message : String(error), 'bad')
      if (error instanceof Refused && error.status === 409) await reload()
    }
    await reload()
    busy = false
    draw()
    keepFocus(from)
    return went
  }

  /**
   * What was pressed may have been moved, switched off or taken away: then what it was part of has the focus.
   * @param {Element | null} from
   */
  function keepFocus(from) {
    if (document.activeElement !== document.body) return
    const near = from?.isConnected ? [from, from.closest('[data-scene]')] : []
    for (const place of [...near, main]) {
      if (place instanceof HTMLElement) place.focus({ preventScroll: place === main })
      if (document.activeElement !== document.body) return
    }
  }

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  const stopEvents = onEvent((event) => {
    if (event.job_id !== id) return
    if (event.type === 'deleted') missing = 'The job was deleted.'
    if (event.type === 'over_budget') say(`${event.by ?? 'Somebody'} could not approve it. ${event.reason}.`, 'bad')
    if (event.type === 'storyboard') {
      ctx.editor = event.by ?? null
      const isNews = !busy && ctx.job && ctx.job.storyboard_version < event.version && event.version > 1
      if (isNews) say(`${ctx.editor ?? 'Somebody'} changed the storyboard: it is version ${event.version} now.`)
    }
    timer ??= setTimeout(() => {
      timer = undefined
      reload()
    }, AGAIN_MS)
  })
  const stopConnection = onConnection((now) => now && reload())

  async function approve() {
    const { job } = ctx
    if (job?.status !== 'pending' || !job.storyboard_ready || busy) return
    const agreed = await confirmed({
      title: `Approve “${job.video_name}”?`,
      text: `It is rendered as you see it: ${counted(job.storyboard.scenes.length, 'scene')}, ${duration(job.storyboard.film_duration)}, about ${usd(job.costs.estimated)}.`,
      yes: `Approve for ${usd(job.costs.estimated)}`,
    })
    if (!agreed) return
    const seen = { 'if-match': `"${job.storyboard_version}"` }
    await attempt(() => spend(ctx, `/jobs/${id}/approve`, {}, seen), 'Approved.')
  }

  async function reject() {
    if (ctx.job?.status !== 'pending' || busy) return
    const reason = await askFor({
      title: 'Reject this storyboard?',
      text: 'Nothing is rendered. Whoever made it reads why.',
      label: 'Why',
      value: why,
      typed: (text) => {
        why = text
      },
      yes: 'Reject',
      isLoss: true,
    })
    if (reason !== null) await attempt(() => post(`/jobs/${id}/reject`, { reason }), 'Rejected.')
  }

  async function cancel() {
    const agreed = await confirmed({
      title: 'Cancel this job?',
      text: 'What runs at the provider is canceled there too. This is final.',
      yes: 'Cancel the job',
      no: 'Keep it',
      isLoss: true,
    })
    if (agreed) await attempt(() => post(`/jobs/${id}/cancel`, {}), 'Canceled.')
  }

  const retry = () => attempt(() => spend(ctx, `/jobs/${id}/retry`), 'It goes on, and pays only for what failed.')

  /** Of the one copy that this visit makes, however often it is tried. */
  const copyKey = newId()

  async function copy() {
    await attempt(async () => {
      const { job_id } = await post(`/jobs/${id}/copy`, {}, { 'idempotency-key': copyKey })
      go(`/jobs/${job_id}`)
    })
  }

  const decisions = [
    { key: 'a', does: 'Approve', run: approve },
    { key: 'r', does: 'Reject', run: reject },
  ]
  useShortcuts([
    ...(ctx.decides ? decisions : []),
    { key: 'c', does: 'Copy, to change the copy', run: copy },
    { key: 'j', does: 'Next scene', run: () => moveFocus(1) },
    { key: 'k', does: 'Scene before', run: () => moveFocus(-1) },
    { key: 'e', does: 'Edit the scene', run: () => review.editFocused() },
    { key: 'b', does: 'Back to the board', run: back },
    ...film.shortcuts,
  ])

  /** @param {number} by */
  function moveFocus(by) {
    const scenes = [...main.querySelectorAll('[data-scene]')]
    const here = scenes.findIndex((scene) => scene.contains(document.activeElement))
    const next = scenes[Math.max(0, Math.min(scenes.length - 1, here + by))]
    if (next instanceof HTMLElement) next.focus()
  }

  function actions() {
    const { job } = ctx
    if (!job) return nothing
    const pending = job.status === 'pending'
    const running = job.status === 'approved' || job.status === 'processing'
    return html`<div class=${pending && ctx.decides ? 'actions decide' : 'actions'}>
      ${
        pending && ctx.decides
          ? html`<button class="button primary" type="button" ?disabled=${busy || !job.storyboard_ready} @click=${approve}>
                Approve · ${usd(job.costs.estimated)}
              </button>
              <button class="button" type="button" ?disabled=${busy} @click=${reject}>Reject</button>`
          : nothing
      }
      ${
        job.status === 'failed' && job.current_stage === 'failed' && ctx.decides
          ? html`<button class="button primary" type="button" ?disabled=${busy} @click=${retry}>Retry · ${job.retry_cost ? `at most ${usd(job.retry_cost)}` : 'free'}</button>`
          : nothing
      }
      <button class="button" type="button" ?disabled=${busy || !job.storyboard_ready} @click=${copy}>Copy</button>
      ${
        (running && ctx.decides) || (pending && !ctx.decides)
          ? html`<button class="button danger" type="button" ?disabled=${busy} @click=${cancel}>Cancel</button>`
          : nothing
      }
    </div>`
  }

  function draw() {
    const { job, notice } = ctx
    if (!job) {
      render(
        missing
          ? html`<section class="empty">
              <h1>${missing}</h1>
              <p>${isUnknown ? 'It was deleted, or the number in the address is another’s.' : 'Nothing is lost: try again in a moment.'}</p>
              <button class="button" type="button" ?hidden=${isUnknown} @click=${reload}>Try again</button>
              <a class="button" href="/" data-back>To the board</a>
            </section>`
          : html`<p class="faint" role="status">Reading the job…</p>`,
        main,
      )
      return
    }
    const tone = toneOf(job)
    render(
      html`<div class="head">
          <div>
            <a class="back" href="/" data-back>← Board</a>
            <h1>${job.video_name}</h1>
            <p class="faint facts">
              <span class="badge" data-tone=${tone}>${stateOf(job)}</span>
              <span title=${moment(job.inserted_at)}>made ${age(job.inserted_at)}</span>
              ${job.decision ? html`<span>${job.decision.decision} by ${job.decision.by ?? 'someone'}</span>` : nothing}
              <span>${job.costs.actual > 0 ? html`${usd(job.costs.actual)} of about ${usd(job.costs.estimated)}` : html`about ${usd(job.costs.estimated)}`}</span>
              ${job.budget_override ? html`<span>over budget, by ${job.budget_override.by ?? 'someone'}</span>` : nothing}
            </p>
          </div>
          ${actions()}
        </div>
        <p class="notice" role="status" data-tone=${notice.tone === 'bad' ? 'failed' : 'done'} ?hidden=${!notice.text}>
          ${notice.text}
        </p>
        ${missing ? html`<p class="notice" data-tone="failed" role="alert">${missing}</p>` : nothing}
        ${job.status === 'completed' ? film.template() : nothing}
        ${tone === 'busy' || tone === 'failed' ? progress.template() : nothing}
        ${
          tone === 'ended' && job.progress.error
            ? html`<p class="notice" data-tone="ended">${job.progress.error}</p>`
            : nothing
        }
        ${review.template(job.status === 'completed' ? film : null)}`,
      main,
    )
  }

  draw()
  reload()
  return () => {
    hasLeft = true
    stopHolding()
    stopSending()
    stopEvents()
    stopConnection()
    clearTimeout(timer)
    review.leave()
    film.leave()
    progress.leave()
  }
}
