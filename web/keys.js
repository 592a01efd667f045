/** Shortcuts: one key each, told by `?`, silent while somebody types, and switched off for good by whoever wants that. */
import { html, render } from './lit-html/lit-html.js'

/**
 * @typedef {object} Shortcut
 * @property {string} key
 * @property {string} does
 * @property {(event: KeyboardEvent) => void} run
 * @property {() => boolean} [when] whether there is something for it to do; always where nothing is said
 */

const OFF = 'greenlight.shortcuts-off'
/** @type {Shortcut[]} */
let shortcuts = []

/**
 * The page's own, in place of those of the page before.
 * @param {Shortcut[]} own
 */
export function useShortcuts(own) {
  shortcuts = own
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null
}

/** Those that have something to do now: the other keys are the browser's. */
const usable = () => shortcuts.filter(({ when }) => when?.() ?? true)

/** Whether the key is the one that works what has the focus. @param {KeyboardEvent} event */
function isPressing({ key, target }) {
  const pressed = target instanceof HTMLElement && target.closest('a, button, summary, video, audio')
  return (key === ' ' || key === 'Enter') && Boolean(pressed)
}

addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return
  if (isTyping(event.target) || isPressing(event) || document.querySelector('dialog[open], :popover-open')) return
  // That one is a single key as well; the button stays.
  if (localStorage.getItem(OFF)) return
  if (event.key === '?') return showHelp()
  const shortcut = usable().find(({ key }) => key === event.key)
  if (!shortcut) return
  event.preventDefault()
  shortcut.run(event)
})

export function showHelp() {
  const dialog = document.createElement('dialog')
  dialog.setAttribute('aria-labelledby', 'help')
  document.body.append(dialog)
  const draw = () =>
    render(
      html`<h2 id="help">Keyboard</h2>
        <dl class="keys">
          ${[...usable(), { key: '?', does: 'Show this' }].map(
            ({ key, does }) => html`<div><dt><kbd>${key === ' ' ? 'space' : key}</kbd></dt><dd>${does}</dd></div>`,
          )}
        </dl>
        <label class="switch">
          <input type="checkbox" .checked=${!localStorage.getItem(OFF)} @change=${toggle} />
          Single-key shortcuts
        </label>
        <p class="hint">Without them everything is reached by Tab, and this by the button “?” above.</p>
        <form class="actions" method="dialog"><button class="button">Close</button></form>`,
      dialog,
    )
  /** @param {Event} event */
  const toggle = ({ target }) => {
    if (/** @type {HTMLInputElement} */ (target).checked) localStorage.removeItem(OFF)
    else localStorage.setItem(OFF, '1')
  }
  draw()
  dialog.addEventListener('close', () => dialog.remove())
  dialog.showModal()
}
