/** What a client or a campaign has spent and may spend in all. An operator sets the limit here; others see the figures. */
import { get, patch } from '../api.js'
import { usd } from '../format.js'
import { inOrder } from '../in-order.js'
import { html, nothing } from '../lit-html/lit-html.js'
import { confirmed } from './dialogs.js'

const NOT_BEFORE_MS = 1000

/**
 * @param {object} page
 * @param {() => void} page.draw
 * @param {() => { client_id: string, campaign_id: string }} page.owner empty for everybody's
 * @param {() => string} page.name of the owner
 * @param {import('../app.js').Me} page.me
 */
export function createBudget({ draw, owner, name, me }) {
  /** @type {{ totalSpend: number, totalCommitted: number, budget: number | null } | null} */
  let figures = null
  let at = ''
  let problem = ''
  let saving = false
  let isOpen = false
  let last = 0
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  const asking = inOrder()
  const dialog = () => /** @type {HTMLDialogElement | null} */ (document.getElementById('limit'))

  function path() {
    const { client_id, campaign_id } = owner()
    return campaign_id ? `/campaigns/${campaign_id}` : client_id ? `/clients/${client_id}` : ''
  }

  async function load() {
    clearTimeout(timer)
    timer = undefined
    last = Date.now()
    const isNews = asking()
    const of = path()
    if (of !== at) figures = null
    at = of
    // One that is gone has no figures; where the server can't be reached, the board says so.
    const answer = of ? await get(`${of}/stats`).catch(() => null) : null
    if (!isNews() || of !== path()) return
    figures = answer?.data ?? figures
    draw()
  }

  /** @param {number | string | null} budget_usd */
  async function save(budget_usd) {
    saving = true
    problem = ''
    draw()
    try {
      await patch(at, { budget_usd })
      await load()
      dialog()?.close()
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error)
    }
    saving = false
    draw()
  }

  /** @param {SubmitEvent} event */
  function submit(event) {
    event.preventDefault()
    save(String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get('budget')))
  }

  async function lift() {
    const agreed = await confirmed({
      title: 'Lift the limit?',
      text: `What is approved for “${name()}” may then cost any amount.`,
      yes: 'Lift it',
      no: 'Keep it',
      isLoss: true,
    })
    if (agreed) await save(null)
  }

  function open() {
    isOpen = true
    problem = ''
    draw()
    dialog()?.showModal()
  }

  function closed() {
    isOpen = false
    draw()
  }

  /** @param {string} term @param {number} amount */
  const figure = (term, amount) => html`<div><dt>${term}</dt><dd>${usd(amount)}</dd></div>`

  /** @param {number} left */
  const rest = (left) => (left < 0 ? figure('Over by', -left) : figure('Left', left))

  /** @param {NonNullable<typeof figures>} now */
  function bar({ totalSpend, totalCommitted, budget }) {
    if (budget === null) return nothing
    const used = totalSpend + totalCommitted
    // A closed budget is full.
    return html`<progress max=${budget || 1} .value=${budget ? Math.min(used, budget) : 1} data-tone=${used > budget ? 'failed' : nothing} aria-label="Spent and approved, of the limit"></progress>`
  }

  /** @param {number | null} limit */
  const form = (limit) => html`<dialog id="limit" aria-labelledby="limit-heading" @close=${closed}>
    <form @submit=${submit}>
      <h2 id="limit-heading">What may “${name()}” cost in all?</h2>
      <p>Everything that was ever spent for it counts, and what is approved and not spent yet. More is approved only where an operator says so.</p>
      <label for="budget">Limit in US dollars</label>
      <input id="budget" name="budget" type="number" min="0" step="0.01" required autofocus .defaultValue=${limit === null ? '' : String(limit)} aria-describedby="limit-problem" aria-invalid=${problem ? 'true' : nothing} />
      <p id="limit-problem" class="problem" role="alert">${problem}</p>
      <div class="actions">
        <button class="button primary" ?disabled=${saving}>${saving ? 'Saving…' : 'Set the limit'}</button>
        ${limit === null ? nothing : html`<button class="button danger" type="button" ?disabled=${saving} @click=${lift}>Lift it</button>`}
        <button class="button" type="button" @click=${() => dialog()?.close()}>Close</button>
      </div>
    </form>
  </dialog>`

  return {
    load,
    /** As soon as the last figures are old enough. */
    anew() {
      if (path()) timer ??= setTimeout(load, Math.max(0, last + NOT_BEFORE_MS - Date.now()))
    },
    leave: () => clearTimeout(timer),
    template() {
      if (!figures || at !== path()) return nothing
      const { totalSpend, totalCommitted, budget } = figures
      return html`<section class="budget" aria-labelledby="budget-heading">
        <h2 id="budget-heading">${at.startsWith('/clients') ? 'Client' : 'Campaign'}'s budget</h2>
        <dl>
          ${figure('Spent', totalSpend)} ${figure('Approved, not spent yet', totalCommitted)}
          ${budget === null ? html`<div><dt>Limit</dt><dd>none</dd></div>` : html`${figure('Limit', budget)} ${rest(budget - totalSpend - totalCommitted)}`}
        </dl>
        ${me.role === 'operator' ? html`<button class="button small" type="button" @click=${open}>${budget === null ? 'Set a limit' : 'Change the limit'}</button>` : nothing}
        ${bar(figures)}
        ${isOpen ? form(budget) : nothing}
      </section>`
    },
  }
}
