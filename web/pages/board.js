/** The board: jobs by state, those that wait for a decision first. Rows change in place; new ones wait to be let in. */
import { get, query, Refused } from '../api.js'
import { age, moment, stateOf, toneOf, usd } from '../format.js'
import { useShortcuts } from '../keys.js'
import { repeat } from '../lit-html/directives/repeat.js'
import { html, nothing, render } from '../lit-html/lit-html.js'
import { onConnection, onEvent } from '../live.js'
import { createOwnerFilter } from '../parts/owner-filter.js'

const PAGE = 24
/** As many as the API tells of at once. */
const MOST = 100
const AGAIN_MS = 400

/** @typedef {{ key: string, name: string, statuses: string[], empty: string }} View */

/** @type {View[]} */
const VIEWS = [
  { key: 'waiting', name: 'To review', statuses: ['pending'], empty: 'Nothing waits for you.' },
  { key: 'busy', name: 'In progress', statuses: ['processing', 'approved'], empty: 'Nothing is being made.' },
  { key: 'done', name: 'Done', statuses: ['completed'], empty: 'No film is finished yet.' },
  { key: 'failed', name: 'Ended', statuses: ['failed'], empty: 'Nothing failed, was rejected or canceled.' },
  { key: 'all', name: 'All', statuses: [''], empty: 'There are no jobs yet.' },
]
const EVERYTHING = VIEWS[VIEWS.length - 1]

/** Where cards will stand. */
const PLACES = Array.from({ length: 8 }, () => html`<li aria-hidden="true"><span class="job waits"></span></li>`)

/** Of who has nothing yet. */
const BEGIN = html`<section class="empty">
  <h2>Your first film starts with photos</h2>
  <p>Nothing is spent until somebody approves.</p>
  <ol class="ways">
    <li><strong>1. Photos</strong> Two are enough. Drop them, paste them, or name their addresses.</li>
    <li><strong>2. Storyboard</strong> Look at every scene and its price. Change what you like.</li>
    <li><strong>3. Approve</strong> Watch it being made, with music, and take it away.</li>
  </ol>
  <a class="button primary" href="/new">Make a film</a>
</section>`

/** @type {import('../app.js').Page} */
export function page(main, { go, place, keeps }) {
  document.title = 'Board · Greenlight'
  const asked = new URLSearchParams(location.search)
  let view = VIEWS.find(({ key }) => key === asked.get('view')) ?? VIEWS[0]
  /** As it stands in the field: who pauses after a space keeps it. */
  let typed = asked.get('q') ?? ''
  let q = typed.trim()
  const owner = createOwnerFilter({
    client_id: asked.get('client_id') ?? '',
    campaign_id: asked.get('campaign_id') ?? '',
    draw,
    chosen: searchAgain,
  })
  /** @type {any[]} */
  let jobs = []
  /** @type {Record<string, number>} */
  const totals = {}
  /** @type {(string | null)[]} one a status of the view */
  let cursors = []
  let loading = true
  /** Counts the looks: an answer that a newer one has overtaken is not shown. */
  let look = 0
  let hasLeft = false
  let problem = ''
  /** @type {Set<number>} */
  const fresh = new Set()

  const filters = () => ({ q, ...owner.filters() })

  /**
   * @param {string} status
   * @param {number} many
   * @param {string | null} [cursor] of those before
   */
  async function read(status, many, cursor = null) {
    /** @type {{ found: any[], next: string | null, total: number }} */
    const answer = { found: [], next: cursor, total: 0 }
    do {
      const limit = Math.min(MOST, many - answer.found.length)
      const { data, meta } = await get(`/jobs${query({ ...filters(), status, limit, cursor: answer.next })}`)
      answer.found.push(...data)
      answer.next = meta.next_cursor
      answer.total = meta.total
    } while (answer.next && answer.found.length < many)
    return answer
  }

  /** @param {boolean} more @param {number} many of each status */
  async function load(more = false, many = PAGE) {
    const mine = ++look
    loading = true
    draw()
    try {
      const pages = await Promise.all(
        view.statuses.map((status, index) =>
          more && !cursors[index]
            ? { found: [], next: null, total: 0 }
            : read(status, many, more ? cursors[index] : null),
        ),
      )
      if (mine !== look) return
      const found = pages.flatMap(({ found }) => found)
      jobs = (more ? [...jobs, ...found] : found).toSorted((a, b) => b.job_id - a.job_id)
      cursors = pages.map(({ next }) => next)
      if (!more) {
        totals[view.key] = pages.reduce((sum, { total }) => sum + total, 0)
        fresh.clear()
      }
      problem = ''
    } catch (error) {
      if (mine !== look) return
      problem = error instanceof Refused ? error.message : String(error)
    }
    loading = false
    draw()
    if (!more) count(VIEWS.filter((other) => other !== view))
  }

  /** @param {View[]} views whose jobs are counted anew */
  async function count(views) {
    const of = filters()
    await Promise.all(
      views.map(async ({ key, statuses }) => {
        const pages = await Promise.all(statuses.map((status) => get(`/jobs${query({ ...of, status, limit: 1 })}`)))
        if (JSON.stringify(of) !== JSON.stringify(filters())) return
        totals[key] = pages.reduce((sum, { meta }) => sum + meta.total, 0)
      }),
    ).catch(() => {})
    draw()
  }

  /** @type {Set<number>} */
  const changed = new Set()
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  const stopEvents = onEvent((event) => {
    changed.add(event.job_id)
    timer ??= setTimeout(refresh, AGAIN_MS)
  })
  const stopConnection = onConnection((now) => {
    if (now) catchUp()
  })

  /** What changed while nothing was heard, as if it were told now. */
  async function catchUp() {
    await reading
    if (problem) return load()
    const mine = look
    const of = view.statuses.map((status) => read(status, Math.max(PAGE, jobs.length)))
    const pages = await Promise.all(of).catch(() => null)
    if (!pages || mine !== look) return
    const found = new Map(pages.flatMap(({ found }) => found).map((job) => [job.job_id, job]))
    const known = new Map(jobs.map((job) => [job.job_id, job]))
    for (const id of new Set([...known.keys(), ...found.keys()])) {
      if (JSON.stringify(known.get(id)) !== JSON.stringify(found.get(id))) changed.add(id)
    }
    if (changed.size > 0) timer ??= setTimeout(refresh)
  }

  /** Whether a job that is not shown would be, were the page read again; older ones may stand on the pages to come. */
  const isNew = (/** @type {any} */ job) =>
    (view.key === 'all' || view.statuses.includes(job.status)) &&
    owner.has(job) &&
    (!cursors.some(Boolean) || job.job_id > (jobs.at(-1)?.job_id ?? 0))

  async function refresh() {
    timer = undefined
    const ids = [...changed]
    changed.clear()
    for (const id of ids) {
      const now = await get(`/jobs/${id}`).catch((error) => (error.status === 404 ? 'gone' : null))
      if (!now || hasLeft) continue
      if (now === 'gone') {
        jobs = jobs.filter((job) => job.job_id !== id)
        fresh.delete(id)
        continue
      }
      const index = jobs.findIndex((job) => job.job_id === id)
      // One that has left the view stays until it is read again: nothing jumps under a person's hands.
      if (index >= 0) jobs[index] = { ...jobs[index], ...now, ...newPicture(now) }
      else if (isNew(now) && !q) fresh.add(id)
      else fresh.delete(id)
    }
    if (hasLeft) return
    draw()
    count(VIEWS)
  }

  /** @param {any} job */
  const newPicture = ({ job_id, status }) =>
    status === 'completed' ? { picture_url: `/api/v3/videos/${job_id}/thumbnail` } : {}

  /** @param {View} next */
  function choose(next) {
    view = next
    jobs = []
    remember()
    load()
    showChosen()
  }

  /** On a phone the views go beyond the screen. */
  function showChosen() {
    main.querySelector('.views [aria-pressed="true"]')?.scrollIntoView({ inline: 'nearest', block: 'nearest' })
  }

  function remember() {
    history.replaceState(history.state, '', `/${query({ view: view === VIEWS[0] ? '' : view.key, ...filters() })}`)
  }

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let typing
  /** @param {Event} event */
  function search({ target }) {
    typed = /** @type {HTMLInputElement} */ (target).value
    q = typed.trim()
    clearTimeout(typing)
    typing = setTimeout(searchAgain, 250)
  }

  function searchAgain() {
    remember()
    load()
  }

  /** @param {number} by */
  function move(by) {
    /** @type {(Element | null)[]} */
    const cards = [...main.querySelectorAll('a.job')]
    const here = cards.indexOf(document.activeElement)
    const next = cards[Math.max(0, Math.min(cards.length - 1, here + by))]
    if (next instanceof HTMLElement) next.focus()
  }

  function clear() {
    typed = ''
    q = ''
    owner.clear()
    searchAgain()
    document.getElementById('search')?.focus()
  }

  useShortcuts([
    { key: 'j', does: 'Next job', run: () => move(1) },
    { key: 'k', does: 'Job before', run: () => move(-1) },
    { key: 'n', does: 'New film', run: () => go('/new') },
    { key: '/', does: 'Search', run: () => document.getElementById('search')?.focus() },
    { key: 'f', does: 'Filter by client or campaign', run: owner.open },
    ...VIEWS.map((one, index) => ({ key: String(index + 1), does: one.name, run: () => choose(one) })),
  ])

  function draw() {
    render(
      html`<div class="bar">
          <h1>Board</h1>
          <a class="button primary" href="/new">New film</a>
        </div>
        <div class="finder" ?hidden=${isFirstTime()}>
          <div class="views" role="group" aria-label="Which jobs">
            ${VIEWS.map(
              (one) =>
                html`<button type="button" aria-pressed=${one === view ? 'true' : 'false'} @click=${() => choose(one)}>
                  ${one.name} <span class="count">${totals[one.key]?.toLocaleString('en') ?? ''}</span>
                </button>`,
            )}
          </div>
          <div class="find">
            ${owner.template()}
            <div class="search">
              <label class="unseen" for="search">Search by name, campaign or number</label>
              <input id="search" type="search" placeholder="Search" .value=${typed} @input=${search} />
            </div>
          </div>
        </div>
        ${
          fresh.size > 0
            ? html`<button class="fresh" type="button" @click=${() => load()}>${fresh.size} new</button>`
            : nothing
        }
        <p class="problem" role="alert">${problem}</p>
        <ul class="jobs" aria-busy=${loading ? 'true' : 'false'}>
          ${repeat(jobs, (job) => job.job_id, card)}
          ${loading && jobs.length === 0 ? PLACES : nothing}
        </ul>
        ${jobs.length === 0 && !loading && !problem ? empty() : nothing}
        ${
          cursors.some(Boolean)
            ? html`<button class="button more" type="button" ?disabled=${loading} @click=${() => load(true)}>
                Show more
              </button>`
            : nothing
        }`,
      main,
    )
  }

  /** Whether there is nothing to look for. */
  const isFirstTime = () => totals.all === 0 && !loading && !q && !owner.isSet()

  function empty() {
    if (q || owner.isSet()) {
      return html`<section class="empty">
        <h2>Nothing matches</h2>
        <p>No job in “${view.name}” ${q ? html`matches “${q}”` : 'is'}${owner.isSet() ? html` for ${owner.name()}` : nothing}.</p>
        <button class="button" type="button" @click=${clear}>Clear the filters</button>
      </section>`
    }
    if (isFirstTime()) return BEGIN
    return html`<section class="empty">
      <h2>${view.empty}</h2>
      <p>What is made, and what was made, stands under the other names.</p>
      <button class="button" type="button" @click=${() => choose(EVERYTHING)}>Show all</button>
    </section>`
  }

  /** Where somebody comes back to, the board is as they left it. */
  async function comeBack() {
    const loaded = load(false, Math.max(PAGE, place?.shown ?? 0))
    showChosen()
    await loaded
    if (!place || hasLeft) return
    scrollTo(0, place.top)
    const card = main.querySelector(`a.job[href="${place.job}"]`)
    if (card instanceof HTMLElement) card.focus({ preventScroll: true })
  }
  keeps(() => ({
    shown: jobs.length,
    top: scrollY,
    job: main.querySelector('a.job:focus')?.getAttribute('href') ?? null,
  }))

  const reading = comeBack()
  return () => {
    hasLeft = true
    look++
    stopEvents()
    stopConnection()
    clearTimeout(timer)
    clearTimeout(typing)
  }
}

/** @param {any} job */
function card(job) {
  const tone = toneOf(job)
  const cost = job.costs.actual > 0 ? usd(job.costs.actual) : `about ${usd(job.costs.estimated)}`
  return html`<li>
    <a class="job" href=${`/jobs/${job.job_id}`} data-tone=${tone}>
      <span class="picture">
        ${
          job.picture_url
            ? html`<img src=${job.picture_url} alt="" loading="lazy" decoding="async" />`
            : html`<span class="blank" aria-hidden="true"></span>`
        }
        <span class="badge" data-tone=${tone}>${stateOf(job)}</span>
        ${
          tone === 'busy'
            ? html`<progress max="100" .value=${job.progress_percentage} aria-label="Progress"></progress>`
            : nothing
        }
      </span>
      <span class="what">
        <strong>${job.video_name}</strong>
        <span class="faint">${job.campaign_name ?? ''} · #${job.job_id}</span>
      </span>
      ${job.progress.error ? html`<span class="why">${job.progress.error}</span>` : nothing}
      <span class="figures">
        <span title=${moment(job.inserted_at)}>${age(job.inserted_at)}</span>
        <span>${cost}</span>
      </span>
    </a>
  </li>`
}
