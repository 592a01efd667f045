/** Begins: draws the page that the path names, in the frame that all of them have. */
import { ask, get, Refused } from './api.js'
import { showHelp, useShortcuts } from './keys.js'
import { html, nothing, render } from './lit-html/lit-html.js'
import { onConnection } from './live.js'
import { isUnsaved, mayLeave } from './unsaved.js'

/**
 * A page draws itself into `main` and returns what ends it.
 * @typedef {(main: HTMLElement, path: Path) => (() => void) | void} Page
 * @typedef {object} Path
 * @property {number} [id]
 * @property {Me} me
 * @property {(to: string) => void} go
 * @property {() => void} back to the board, as it was left
 * @property {any} place what the page said when it was left, where somebody comes back to it
 * @property {(place: () => object) => void} keeps asked for that place when the page is left
 * @typedef {{ name: string, role: string, expires_at: string | null }} Me
 */

/** @type {[pattern: RegExp, load: () => Promise<{ page: Page }>][]} */
const PAGES = [
  [/^\/$/, () => import('./pages/board.js')],
  [/^\/new$/, () => import('./pages/new.js')],
  [/^\/sign-in$/, () => import('./pages/sign-in.js')],
  [/^\/jobs\/(\d+)$/, () => import('./pages/job.js')],
]

const ASK_AGAIN_MS = 3_000

/** @type {Me} */
let me = { name: '', role: 'creator', expires_at: null }
let connected = true
/** @type {(() => void) | void} */
let leave
let visit = 0
/** Which step of this tab's history is shown. */
let step = history.state?.step ?? 0
/** The board that was left last. */
let board = '/'
/** @type {() => object | undefined} */
let placeNow = () => undefined
/** The page's own, new with each visit: what a page that was left still draws, it draws where nobody looks. */
let main = newMain()

function newMain() {
  const place = document.createElement('main')
  place.id = 'main'
  place.tabIndex = -1
  return place
}

async function signOut() {
  await ask('DELETE', '/session')
  location.assign('/sign-in')
}

const focusPage = () => main.focus({ preventScroll: true })

/** Without a step in the history, which would draw the page anew. @param {Event} event */
function skip(event) {
  event.preventDefault()
  focusPage()
}

function drawFrame() {
  const here = location.pathname
  const link = (/** @type {string} */ to, /** @type {string} */ text) =>
    html`<a href=${to} aria-current=${here === to ? 'page' : nothing}>${text}</a>`
  const bare = here === '/sign-in'
  render(
    html`<a class="skip" href="#main" @click=${skip}>Skip to the page</a>
      <header class="top">
        <a class="brand" href="/"><span class="light" aria-hidden="true"></span>Greenlight</a>
        ${
          bare
            ? nothing
            : html`<nav aria-label="Main">${link('/', 'Board')}${link('/new', 'New film')}</nav>
                <span class="spring"></span>
                <span class="connection" role="status">
                  ${connected ? nothing : html`<span class="dot"></span>Reconnecting…`}
                </span>
                <button class="quiet" type="button" @click=${showHelp} aria-label="Keyboard shortcuts">?</button>
                ${
                  me.expires_at
                    ? html`<span class="me" title=${me.role}>${me.name}</span>
                        <button class="quiet" type="button" @click=${signOut}>Sign out</button>`
                    : nothing
                }`
        }
      </header>
      ${main}`,
    document.body,
  )
}

async function show() {
  const mine = ++visit
  leavePage()
  useShortcuts([])
  for (const dialog of document.querySelectorAll('dialog')) dialog.close()
  const [pattern, load] = PAGES.find(([pattern]) => pattern.test(location.pathname)) ?? PAGES[0]
  const id = Number(pattern.exec(location.pathname)?.[1])
  const [{ page }] = await Promise.all([load(), known])
  if (mine !== visit) return
  main = newMain()
  drawFrame()
  const keeps = (/** @type {() => object} */ place) => {
    placeNow = place
  }
  leave = page(main, { id, me, go, back, place: history.state?.place, keeps })
}

function leavePage() {
  leave?.()
  leave = undefined
  placeNow = () => undefined
}

/** For who comes back to this page. */
const keepPlace = () => history.replaceState({ ...history.state, step, place: placeNow() }, '')

/** @param {string} to a path of ours */
async function go(to) {
  if (!(await mayLeave())) return
  keepPlace()
  const from = location.pathname + location.search
  if (location.pathname === '/') board = from
  history.pushState({ step: ++step, from }, '', to)
  scrollTo(0, 0)
  show().then(focusPage)
}

function back() {
  const isBefore = history.state?.from?.split('?')[0] === '/'
  if (isBefore) history.back()
  else go(board)
}

addEventListener('pagehide', keepPlace)
addEventListener('popstate', async ({ state }) => {
  const to = state?.step ?? 0
  if (to === step) return
  if (isUnsaved()) {
    // The browser has gone already: it comes back until there is an answer.
    const by = to - step
    history.go(-by)
    if (!(await mayLeave())) return
    leavePage()
    return history.go(by)
  }
  step = to
  show()
})
addEventListener('click', (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return
  const link = event.target instanceof Element ? event.target.closest('a') : null
  if (!link || link.target || link.origin !== location.origin || link.hasAttribute('download')) return
  if (!PAGES.some(([pattern]) => pattern.test(link.pathname)) || link.hash) return
  event.preventDefault()
  if ('back' in link.dataset) back()
  else go(link.pathname + link.search)
})
onConnection((now) => {
  connected = now
  drawFrame()
})

/** Asked while the page's scripts come. */
const known = location.pathname === '/sign-in' ? null : askWho()

/** Whose page it is. While the server can not say it, the page shows what everybody may do, and asks again. */
async function askWho() {
  try {
    me = (await get('/session')).data
  } catch (error) {
    if (error instanceof Refused && error.status === 401) return
    setTimeout(async () => {
      await askWho()
      if (me.name === '') return
      if (isUnsaved()) drawFrame()
      else show()
    }, ASK_AGAIN_MS)
  }
}
await show()
