/** For whom a film is made: a campaign that is there, or a new one, of a client that is there or new. */
import { get, patch, post } from '../api.js'
import { html, nothing } from '../lit-html/lit-html.js'

/** What a campaign is called that nobody named. */
const UNNAMED = 'My first film'

/** @typedef {{ id: string, clientId: string, name: string, brief: unknown }} Campaign */

/**
 * @param {object} page
 * @param {(name: string) => string} page.field what somebody wrote there
 * @param {(campaign: Campaign | null) => void} page.chosen
 */
export function createCampaignChoice({ field, chosen }) {
  /** @type {Campaign[]} */
  let campaigns = []
  /** @type {{ id: string, name: string }[]} */
  let clients = []
  /** @type {Campaign | null} */
  let campaign = null
  /** Whether it was made on this page, and so may still be given another name. */
  let isOurs = false
  /** @type {Promise<Campaign> | null} */
  let making = null

  /** @param {Event} event */
  function choose({ target }) {
    const { value } = /** @type {HTMLSelectElement} */ (target)
    campaign = campaigns.find(({ id }) => id === value) ?? null
    isOurs = false
    chosen(campaign)
  }

  const named = () => ({
    name: field('campaign') || UNNAMED,
    ...(field('goal') && { goal: field('goal') }),
    ...(field('brief') && { brief: field('brief') }),
  })

  /** Who has one client only, or may see no other, need not name it. */
  const usualClient = () => clients[0]?.name ?? 'My company'

  async function clientNamed() {
    const name = field('client') || usualClient()
    const { data } = await get('/clients')
    const known = data.find((/** @type {any} */ one) => one.name === name)
    return (known ?? (await post('/clients', { name })).data).id
  }

  async function make() {
    const { data } = await post('/campaigns', { client_id: await clientNamed(), ...named() })
    campaign = data
    isOurs = true
    return data
  }

  /** A new one is made when the first photo is there: photos are kept in campaigns. */
  async function required() {
    if (campaign) return campaign
    making ??= make().finally(() => {
      making = null
    })
    return making
  }

  /** @param {string} name @param {string} label @param {string} placeholder @param {string} [list] of what it may be */
  const line = (name, label, placeholder, list) => html`<div>
    <label for=${name}>${label}</label>
    <input id=${name} name=${name} list=${list ?? nothing} maxlength="255" placeholder=${placeholder} autocomplete="off" />
  </div>`

  return {
    required,
    /** What a program or somebody earlier wrote. */
    brief: () => (isOurs ? null : (campaign?.brief ?? null)),

    async load() {
      const [some, others] = await Promise.all([get('/campaigns'), get('/clients')])
      campaigns = some.data
      clients = others.data
    },

    /** Names and brief may have been written after the first photo was there. @returns {Promise<string>} its id */
    async settle() {
      const { id, clientId, brief } = await required()
      const changes = isOurs ? named() : field('brief') && field('brief') !== brief ? { brief: field('brief') } : null
      if (!changes) return id
      const client_id = isOurs ? await clientNamed() : clientId
      await patch(`/campaigns/${id}`, { ...changes, ...(client_id !== clientId && { client_id }) })
      return id
    },

    /** Which campaign; nothing while there is none. @param {boolean} isFixed whether photos went to one */
    which: (isFixed) =>
      campaigns.length === 0
        ? nothing
        : html`<div class="which">
            <label for="which">Campaign</label>
            <select id="which" @change=${choose} ?disabled=${isFixed}>
              <option value="" ?selected=${!campaign || isOurs}>A new campaign</option>
              ${campaigns.map(({ id, name }) => html`<option value=${id} ?selected=${campaign?.id === id}>${name}</option>`)}
            </select>
          </div>`,

    /** What a new one is called, and whose it is; null when it is an old one. */
    names: () =>
      campaign && !isOurs
        ? null
        : html`<div class="fields roomy">
            ${line('campaign', 'Name of the film or campaign', UNNAMED)}
            ${line('client', 'Client', usualClient(), 'clients')}
            <datalist id="clients">${clients.map(({ name }) => html`<option value=${name}></option>`)}</datalist>
            <div class="wide">${line('goal', 'What should it achieve?', 'More viewings this spring')}</div>
          </div>`,
  }
}
