/** The board: jobs by state, those that wait for a decision first. Rows change in place; new ones wait to be let in. */
import { get, query, Refused } from '../api.js'
import { age, moment, stateOf, toneOf, usd } from '../format.js'
import { useShortcuts } from '../keys.js'
import { repeat } from '../lit-html/directives/repeat.js'
import { html, nothing, render } from '../lit-html/lit-html.js'
import { onConnection, onEvent } from '../live.js'

const PAGE = 24
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

/** @type {import('../app.js').Page} */
export function page(main, { go }) {
  document.title = 'Board · Greenlight'
  const asked = new URLSearchParams(location.search)
  let view = VIEWS.find(({ key }) => key === asked.get('view')) ?? VIEWS[0]
  let q = asked.get('q') ?? ''
  const campaign_id = asked.get('campaign_id') ?? ''
  /** @type {any[]} */
  let jobs = []
  /** @type {Record<string, number>} */
  const totals = {}
  /** @type {(string | null)[]} one a status of the view */
  let cursors = []
  let loading = true
  let problem = ''
  /** @type {Set<number>} */
  const fresh = new Set()
  let chosen = -1

  const filters = () => ({ q, campaign_id })

  /** @param {boolean} more */
  async function load(more = false) {
    loading = true
    draw()
    const of = view
    try {
      const pages = await Promise.all(
        of.statuses.map((status, index) =>
          more && !cursors[index]
            ? { data: [], meta: { next_cursor: null, total: 0 } }
            : get(`/jobs${query({ ...filters(), status, limit: PAGE, cursor: more ? cursors[index] : null })}`),
        ),
      )
      if (of !== view) return
      const found = pages.flatMap(({ data }) => data)
      jobs = (more ? [...jobs, ...found] : found).toSorted((a, b) => b.job_id - a.job_id)
      cursors = pages.map(({ meta }) => meta.next_cursor)
      if (!more) {
        totals[of.key] = pages.reduce((sum, { meta }) => sum + meta.total, 0)
        fresh.clear()
        chosen = -1
      }
      problem = ''
    } catch (error) {
      problem = error instanceof Refused ? error.message : String(error)
    }
    loading = false
    draw()
    if (!more) countOthers()
  }

  async function countOthers() {
    const others = VIEWS.filter((other) => other !== view)
    await Promise.all(
      others.map(async ({ key, statuses }) => {
        const pages = await Promise.all(
          statuses.map((status) => get(`/jobs${query({ ...filters(), status, limit: 1 })}`)),
        )
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
    if (now) load()
  })

  async function refresh() {
    timer = undefined
    const ids = [...changed]
    changed.clear()
    for (const id of ids) {
      const index = jobs.findIndex((job) => job.job_id === id)
      const now = await get(`/jobs/${id}`).catch(() => null)
      const belongs = now && (view.key === 'all' || view.statuses.includes(now.status))
      // One that has left the view stays until it is read again: nothing jumps under a person's hands.
      if (index >= 0) jobs[index] = { ...jobs[index], ...now }
      else if (belongs) fresh.add(id)
    }
    draw()
    countOthers()
  }

  /** @param {View} next */
  function choose(next) {
    view = next
    jobs = []
    remember()
    load()
  }

  function remember() {
    history.replaceState(null, '', `/${query({ view: view === VIEWS[0] ? '' : view.key, ...filters() })}`)
  }

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let typing
  /** @param {Event} event */
  function search({ target }) {
    q = /** @type {HTMLInputElement} */ (target).value.trim()
    clearTimeout(typing)
    typing = setTimeout(() => {
      remember()
      load()
    }, 250)
  }

  /** @param {number} by */
  function move(by) {
    chosen = Math.max(0, Math.min(jobs.length - 1, chosen + by))
    draw()
    const card = main.querySelectorAll('.job')[chosen]
    if (card instanceof HTMLElement) card.focus()
  }

  useShortcuts([
    { key: 'j', does: 'Next job', run: () => move(1) },
    { key: 'k', does: 'Job before', run: () => move(-1) },
    { key: 'n', does: 'New film', run: () => go('/new') },
    { key: '/', does: 'Search', run: () => document.getElementById('search')?.focus() },
    ...VIEWS.map((one, index) => ({ key: String(index + 1), does: one.name, run: () => choose(one) })),
  ])

  function draw() {
    render(
      html`<div class="bar">
          <h1>Board</h1>
          <div class="search">
            <label class="unseen" for="search">Search by name, campaign or number</label>
            <input id="search" type="search" placeholder="Search by name, campaign or number" .value=${q} @input=${search} />
          </div>
          <a class="button primary" href="/new">New film</a>
        </div>
        <div class="views" role="group" aria-label="Which jobs">
          ${VIEWS.map(
            (one) =>
              html`<button type="button" aria-pressed=${one === view ? 'true' : 'false'} @click=${() => choose(one)}>
                ${one.name} <span class="count">${totals[one.key] ?? ''}</span>
              </button>`,
          )}
        </div>
        ${
          fresh.size > 0
            ? html`<button class="fresh" type="button" @click=${() => load()}>${fresh.size} new</button>`
            : nothing
        }
        <p class="problem" role="alert">${problem}</p>
        <ul class="jobs" aria-busy=${loading ? 'true' : 'false'}>
          ${repeat(jobs, (job) => job.job_id, card)}
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

  function empty() {
    return q || campaign_id
      ? html`<section class="empty">
          <h2>Nothing matches</h2>
          <p>No job in “${view.name}” matches what you look for.</p>
          <a class="button" href="/" @click=${() => (q = '')}>Clear the filters</a>
        </section>`
      : html`<section class="empty">
          <h2>${view.empty}</h2>
          <p>A film begins with photos: choose some, look at the storyboard, approve.</p>
          <a class="button primary" href="/new">Make a film</a>
        </section>`
  }

  load()
  return () => {
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
      </span>
      <span class="what">
        <strong>${job.video_name}</strong>
        <span class="faint">${job.campaign_name ?? ''} · #${job.job_id}</span>
      </span>
      <span class="figures">
        <span title=${moment(job.inserted_at)}>${age(job.inserted_at)}</span>
        <span>${cost}</span>
      </span>
      ${
        tone === 'busy'
          ? html`<progress max="100" .value=${job.progress_percentage} aria-label="Progress"></progress>`
          : nothing
      }
      ${job.progress.error ? html`<span class="why">${job.progress.error}</span>` : nothing}
    </a>
  </li>`
}
