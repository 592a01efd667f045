/** What people say of moments of the film. A note shows at once; who else looks sees it a moment later. */
import { ask, get, post } from '../api.js'
import { age, moment, timecode } from '../format.js'
import { inOrder } from '../in-order.js'
import { repeat } from '../lit-html/directives/repeat.js'
import { html, nothing } from '../lit-html/lit-html.js'
import { newId } from '../new-id.js'
import { confirmed } from './dialogs.js'

/**
 * @param {import('../pages/job.js').JobPage} ctx
 * @param {ReturnType<typeof import('./player.js').createPlayer>} player
 */
export function createNotes(ctx, player) {
  /** @type {any[]} */
  let notes = []
  /** Sent, and not answered yet. @type {any[]} */
  let underWay = []
  let draft = ''
  /** Where the film stood when the first letter was typed. @type {{ at: number, version: number } | null} */
  let pinned = null
  let problem = ''

  const path = () => `/jobs/${ctx.job.job_id}/notes`
  const asking = inOrder()

  async function load() {
    const isNews = asking()
    const read = await get(path()).catch(() => null)
    if (!read || !isNews()) return
    notes = read.data
    ctx.draw()
  }

  /** @param {Event} event */
  function type({ target }) {
    draft = /** @type {HTMLTextAreaElement} */ (target).value
    if (!pinned) {
      player.pause()
      pinned = player.moment()
    }
    if (!draft) pinned = null
    ctx.draw()
  }

  /** @param {Event} event */
  async function add(event) {
    event.preventDefault()
    if (!draft.trim() || !pinned) return
    const { at, version } = pinned
    const sent = {
      id: newId(),
      at_seconds: at,
      video_version: version,
      text: draft.trim(),
      by: ctx.me.name,
    }
    underWay = [...underWay, sent]
    const typed = draft
    draft = ''
    pinned = null
    problem = ''
    ctx.draw()
    try {
      const { at_seconds, video_version, text } = sent
      const { data } = await post(path(), { at_seconds, video_version, text }, { 'idempotency-key': sent.id })
      notes = [...notes.filter(({ id }) => id !== data.id), data]
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error)
      // What was typed since is not thrown away either.
      draft = [typed, draft].filter(Boolean).join('\n')
      pinned = { at, version }
    }
    underWay = underWay.filter((one) => one !== sent)
    ctx.draw()
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) add(event)
  }

  /** @param {any} note */
  async function toggle(note) {
    await ctx.attempt(() => ask('PATCH', `${path()}/${note.id}`, { resolved: !note.resolved }))
    await load()
  }

  /** @param {any} note */
  async function remove(note) {
    const agreed = await confirmed({
      title: 'Delete this note?',
      text: note.text,
      yes: 'Delete it',
      no: 'Keep it',
      isLoss: true,
    })
    if (!agreed) return
    await ctx.attempt(() => ask('DELETE', `${path()}/${note.id}`))
    await load()
  }

  /** @param {any} note */
  const row = (note) => {
    const isSent = Boolean(note.inserted_at)
    return html`<li class="note" data-resolved=${note.resolved ? 'true' : 'false'} aria-busy=${isSent ? 'false' : 'true'}>
      <button class="button small" type="button" @click=${() => player.seek(note.at_seconds)} aria-label=${`Go to ${timecode(note.at_seconds)}`}>${timecode(note.at_seconds)}</button>
      <div>
        <p class="said">${note.text}</p>
        <p class="faint small">
          ${note.by ?? 'someone'} ·
          ${isSent ? html`<span title=${moment(note.inserted_at)}>${age(note.inserted_at)}</span>` : 'being sent…'}
          ${note.video_version === player.version() ? nothing : html`· version ${note.video_version}`}${note.resolved ? ` · done, says ${note.resolved_by ?? 'someone'}` : ''}
        </p>
      </div>
      ${
        isSent
          ? html`<span class="row">
              <button class="quiet" type="button" @click=${() => toggle(note)}>${note.resolved ? 'Reopen' : 'Resolve'}</button>
              <button class="quiet" type="button" @click=${() => remove(note)}>Delete</button>
            </span>`
          : nothing
      }
    </li>`
  }

  /** @param {any[]} some */
  const list = (some) => html`<ol class="notes">${repeat(some, ({ id }) => id, row)}</ol>`

  const all = () => [...notes, ...underWay].toSorted((a, b) => a.at_seconds - b.at_seconds)

  return {
    shortcuts: [
      {
        key: 'n',
        does: 'Write a note',
        run: () => document.getElementById('note')?.focus(),
        when: () => document.getElementById('note') !== null,
      },
    ],
    all,
    load,
    isUnsaved: () => draft.trim() !== '',
    template() {
      const version = player.version()
      const current = all().filter(({ video_version: of }) => of === version)
      const others = all().filter(({ video_version: of }) => of !== version)
      const open = current.filter(({ resolved }) => !resolved).length
      const { at } = pinned ?? player.moment()
      return html`<section class="card said-of" aria-labelledby="notes">
        <div class="bar">
          <h2 id="notes">Notes</h2>
          <span class="faint">${current.length === 0 ? 'none on this version' : `${open} open of ${current.length}`}</span>
        </div>
        ${list(current)}
        <form class="say" @submit=${add}>
          <label for="note">At ${timecode(at)}</label>
          <textarea id="note" rows="2" maxlength="2000" placeholder="What should be different here?" .value=${draft} @input=${type} @keydown=${onKey}></textarea>
          <p class="problem" role="alert">${problem}</p>
          <button class="button primary small" ?disabled=${!draft.trim()}>Add the note</button>
        </form>
        ${
          others.length > 0
            ? html`<details>
                <summary>Notes on other versions (${others.length})</summary>
                ${list(others)}
              </details>`
            : nothing
        }
      </section>`
    },
  }
}
