/** The board: jobs by state, those that wait for a decision first. Rows change in place; new ones wait to be let in. */
import { get, query, Refused } from '../api.js'
import { useShortcuts } from '../keys.js'
import { repeat } from '../lit-html/directives/repeat.js'
import { html, nothing, render } from '../lit-html/lit-html.js'
import { onConnection, onEvent } from '../live.js'
import { createBudget } from '../parts/budget.js'
import { jobCard } from '../parts/job-card.js'
import { createJobCounts } from '../parts/job-counts.js'
import { createOwnerFilter } from '../parts/owner-filter.js'

const PAGE = 24
/** As many as the API tells of at once. */
const MOST = 100
const AGAIN_MS = 400
/** Where the server does not say when. */
const LATER_MS = 3000

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
export function page(main, { go, me, place, keeps }) {
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
  const budget = createBudget({ draw, me, owner: owner.filters, name: owner.name })
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
   * @param {{ cursor?: string | null, counts?: boolean }} [more] of those before, and whether every status is counted too
   */
  async function read(status, many, { cursor = null, counts = false } = {}) {
    /** @type {{ found: any[], next: string | null, counts: Record<string, number> | undefined }} */
    const answer = { found: [], next: cursor, counts: undefined }
    do {
      const limit = Math.min(MOST, many - answer.found.length)
      const part = { status, limit, cursor: answer.next, counts: counts && !answer.counts ? 'true' : '' }
      const { data, meta } = await get(`/jobs${query({ ...filters(), ...part })}`)
      answer.found.push(...data)
      answer.next = meta.next_cursor
      answer.counts ??= meta.counts
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
            ? { found: [], next: null, counts: undefined }
            : read(status, many, more ? { cursor: cursors[index] } : { counts: index === 0 }),
        ),
      )
      if (mine !== look) return
      const found = pages.flatMap(({ found }) => found)
      jobs = (more ? [...jobs, ...found] : found).toSorted((a, b) => b.job_id - a.job_id)
      cursors = pages.map(({ next }) => next)
      if (!more) {
        total(pages[0]?.counts ?? {})
        fresh.clear()
      }
      problem = ''
    } catch (error) {
      if (mine !== look) return
      problem = error instanceof Refused ? error.message : String(error)
    }
    loading = false
    draw()
  }

  /** @param {Record<string, number>} counts by status */
  function total(counts) {
    const sum = (/** @type {number[]} */ some) => some.reduce((all, one) => all + one, 0)
    const of = (/** @type {string} */ status) => (status ? (counts[status] ?? 0) : sum(Object.values(counts)))
    for (const { key, statuses } of VIEWS) totals[key] = sum(statuses.map(of))
  }
  const counts = createJobCounts({
    filters,
    tell(now) {
      total(now)
      draw()
    },
  })

  /** @type {Set<number>} */
  const changed = new Set()
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  /** One after the other, so that no answer overtakes a newer one. */
  let refreshed = Promise.resolve()
  /** @param {number} ms */
  function refreshIn(ms) {
    timer ??= setTimeout(() => {
      timer = undefined
      refreshed = refreshed.then(refresh)
    }, ms)
  }
  const stopEvents = onEvent((event) => {
    changed.add(event.job_id)
    refreshIn(AGAIN_MS)
  })
  const stopConnection = onConnection((now) => {
    if (now) catchUp()
  })

  /** What changed while nothing was heard, as if it were told now. */
  async function catchUp() {
    await reading
    if (problem) return load()
    const mine = look
    const many = Math.max(PAGE, jobs.length)
    const of = view.statuses.map((status, index) => read(status, many, { counts: index === 0 }))
    const pages = await Promise.all(of).catch(() => null)
    if (!pages || mine !== look) return
    total(pages[0]?.counts ?? {})
    draw()
    const found = new Map(pages.flatMap(({ found }) => found).map((job) => [job.job_id, job]))
    const known = new Map(jobs.map((job) => [job.job_id, job]))
    for (const id of new Set([...known.keys(), ...found.keys()])) {
      if (JSON.stringify(known.get(id)) !== JSON.stringify(found.get(id))) changed.add(id)
    }
    if (changed.size > 0) refreshIn(0)
  }

  /** Whether a job that is not shown would be, were the page read again; older ones may stand on the pages to come. */
  const isNew = (/** @type {any} */ job) =>
    (view.key === 'all' || view.statuses.includes(job.status)) &&
    owner.has(job) &&
    (!cursors.some(Boolean) || job.job_id > (jobs.at(-1)?.job_id ?? 0))

  async function refresh() {
    const ids = [...changed]
    /** @type {number[]} */
    const unknown = []
    try {
      for (const id of ids) {
        const now = await readAgain(id)
        if (hasLeft) return
        if (now && !update(now) && isNew(now)) unknown.push(id)
        else fresh.delete(id)
        if (!now) jobs = jobs.filter((job) => job.job_id !== id)
      }
      const wanted = await found(unknown)
      for (const id of unknown) {
        if (wanted.has(id)) fresh.add(id)
        else fresh.delete(id)
      }
    } catch (error) {
      if (hasLeft) return
      for (const id of unknown) changed.add(id)
      refreshIn(1000 * (error instanceof Refused ? (error.retryAfter ?? 0) : 0) || LATER_MS)
    }
    if (hasLeft) return
    draw()
    counts.anew()
    budget.anew()
  }

  /**
   * A job as it is now; null once it is deleted. A server that is busy, or just starting, is to be asked again.
   * @param {number} id
   * @throws {Refused}
   */
  async function readAgain(id) {
    changed.delete(id)
    try {
      return await get(`/jobs/${id}`)
    } catch (error) {
      if (error instanceof Refused && error.status === 404) return null
      changed.add(id)
      throw error
    }
  }

  /** @param {any} job @returns {boolean} whether it is shown */
  function update(job) {
    const index = jobs.findIndex(({ job_id }) => job_id === job.job_id)
    // One that has left the view stays until it is read again: nothing jumps under a person's hands.
    if (index >= 0) jobs[index] = { ...jobs[index], ...job, ...newPicture(job) }
    return index >= 0
  }

  /** Those that the search finds: what it looks at, the server knows. @param {number[]} ids */
  async function found(ids) {
    if (!q || ids.length === 0) return new Set(ids)
    const mine = look
    const pages = await Promise.all(view.statuses.map((status) => read(status, PAGE)))
    // What was read anew meanwhile has them already.
    return new Set(mine === look ? pages.flatMap((page) => page.found.map(({ job_id }) => job_id)) : [])
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
    budget.load()
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
              <input id="search" type="search" maxlength="200" placeholder="Search" .value=${typed} @input=${search} />
            </div>
          </div>
        </div>
        ${budget.template()}
        ${
          fresh.size > 0
            ? html`<button class="fresh" type="button" @click=${() => load()}>${fresh.size} new</button>`
            : nothing
        }
        <p class="problem" role="alert">${problem}</p>
        <ul class="jobs" aria-busy=${loading ? 'true' : 'false'}>
          ${repeat(jobs, (job) => job.job_id, jobCard)}
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
    // What stands above the jobs moves them.
    const loaded = Promise.all([load(false, Math.max(PAGE, place?.shown ?? 0)), budget.load()])
    showChosen()
    await loaded
    if (hasLeft) return
    // Once more: their counts have made them wider.
    showChosen()
    if (!place) return
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
    counts.leave()
    budget.leave()
    clearTimeout(timer)
    clearTimeout(typing)
  }
}
