/** Whose jobs the board shows: a client's or a campaign's, chosen from a list that is searched where it is long. */
import { get } from '../api.js'
import { html, nothing } from '../lit-html/lit-html.js'

/** More are not shown: they are searched for. */
const MOST_SHOWN = 60

/** @typedef {{ client_id: string, campaign_id: string }} Owner empty for everybody's */

const EVERYBODY = { client_id: '', campaign_id: '' }

/**
 * @param {Owner & { draw: () => void, chosen: () => void }} page
 */
export function createOwnerFilter({ client_id, campaign_id, draw, chosen }) {
  /** @type {Owner} */
  let owner = { client_id, campaign_id }
  /** What can be chosen, once it was asked for. @type {{ id: string, name: string, campaigns: { id: string, name: string }[] }[] | null} */
  let clients = null
  let wanted = ''
  let problem = ''

  const isSet = () => Boolean(owner.client_id || owner.campaign_id)
  const panel = () => /** @type {HTMLElement | null} */ (document.getElementById('owners'))

  async function read() {
    try {
      const [some, all] = await Promise.all([get('/clients'), get('/campaigns')])
      clients = some.data.map((/** @type {any} */ { id, name }) => ({
        ...{ id, name },
        campaigns: all.data.filter((/** @type {any} */ { clientId }) => clientId === id),
      }))
      problem = ''
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error)
    }
    draw()
  }
  if (isSet()) read()

  function name() {
    if (!isSet()) return 'All campaigns'
    const all = clients ?? []
    const one = owner.campaign_id
      ? all.flatMap(({ campaigns }) => campaigns).find(({ id }) => id === owner.campaign_id)
      : all.find(({ id }) => id === owner.client_id)
    return one?.name ?? (clients ? 'one that is gone' : '…')
  }

  /** @param {Owner} next */
  function choose(next) {
    owner = next
    panel()?.hidePopover()
    chosen()
  }

  /** Clients with what of their campaigns matches: all of them where the client does. */
  function matches() {
    const part = wanted.trim().toLowerCase()
    const has = (/** @type {{ name: string }} */ { name }) => name.toLowerCase().includes(part)
    return (clients ?? []).flatMap((client) => {
      const campaigns = has(client) ? client.campaigns : client.campaigns.filter(has)
      return has(client) || campaigns.length > 0 ? [{ ...client, campaigns }] : []
    })
  }

  /** @param {Event} event */
  function search({ target }) {
    wanted = /** @type {HTMLInputElement} */ (target).value
    draw()
  }

  /** The first that matches. @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.key !== 'Enter' || !wanted.trim()) return
    event.preventDefault()
    panel()?.querySelector('button')?.click()
  }

  /** @param {ToggleEvent} event */
  function toggled({ newState }) {
    if (newState !== 'open') return
    wanted = ''
    read()
  }

  /** @param {Owner} one @param {string} text @param {string} kind */
  const option = (one, text, kind) => {
    const isChosen = one.client_id === owner.client_id && one.campaign_id === owner.campaign_id
    return html`<li>
      <button type="button" class=${kind} aria-current=${isChosen ? 'true' : nothing} @click=${() => choose(one)}>${text}</button>
    </li>`
  }

  function options() {
    if (!clients) return html`<p class="hint" role="status">${problem || 'Reading the campaigns…'}</p>`
    const found = matches()
    const all = found.flatMap(({ id, name, campaigns }) => [
      option({ client_id: id, campaign_id: '' }, name, 'client'),
      ...campaigns.map((campaign) => option({ client_id: '', campaign_id: campaign.id }, campaign.name, 'campaign')),
    ])
    const rest = all.length - MOST_SHOWN
    return html`<ul>
        ${wanted ? nothing : option(EVERYBODY, 'All campaigns', 'client')}
        ${all.slice(0, MOST_SHOWN)}
      </ul>
      <p class="hint" role="status">
        ${all.length === 0 ? 'No client or campaign is called so.' : rest > 0 ? `${rest} more: write a part of the name.` : ''}
      </p>`
  }

  return {
    isSet,
    name,
    filters: () => owner,
    /** @param {any} job */
    has: (job) =>
      (!owner.client_id || job.client_id === owner.client_id) &&
      (!owner.campaign_id || job.campaign_id === owner.campaign_id),
    clear() {
      owner = EVERYBODY
    },
    open: () => panel()?.showPopover(),
    template:
      () => html`<button class="button owner" type="button" popovertarget="owners" data-set=${isSet() ? 'yes' : nothing}>
        <span class="unseen">Of which client or campaign:</span>
        <span class="name">${name()}</span>
      </button>
      <div id="owners" class="owners" popover @toggle=${toggled}>
        <label class="unseen" for="owner">Search clients and campaigns</label>
        <input id="owner" type="search" autofocus placeholder="Client or campaign" .value=${wanted} @input=${search} @keydown=${onKey} />
        ${options()}
      </div>`,
  }
}
