/** Two takes of a scene: one over the other with a slider between them, each alone by a key, or side by side. */
import { html, nothing } from '../lit-html/lit-html.js'

/**
 * @param {import('../pages/job.js').JobPage} ctx
 * @param {{ choose: (scene: any, take: any) => void, fits: (take: any) => boolean }} film has the film show a take, which it may
 */
export function createCompare(ctx, { choose, fits }) {
  /** @type {{ scene: any, left: number, right: number } | null} */
  let compared = null
  let isBeside = false
  /** Percent of the picture that is the left take. */
  let share = 50

  const videos = () => /** @type {HTMLVideoElement[]} */ ([...document.querySelectorAll('#compare video')])
  const dialog = () => /** @type {HTMLDialogElement | null} */ (document.getElementById('compare'))

  async function play() {
    for (const video of videos()) video.currentTime = 0
    await Promise.all(videos().map((video) => video.play()))
  }

  /** @param {number} percent */
  function wipe(percent) {
    share = percent
    ctx.draw()
    const [, over] = videos()
    // By script, because styles in the markup are forbidden here.
    if (over) over.style.clipPath = isBeside ? 'none' : `inset(0 0 0 ${share}%)`
  }

  function besideOrOver() {
    isBeside = !isBeside
    wipe(share)
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.target instanceof HTMLSelectElement) return
    if (event.key === '1') wipe(100)
    else if (event.key === '2') wipe(0)
    else return
    event.preventDefault()
  }

  function close() {
    compared = null
    ctx.draw()
  }

  /** @param {any} take */
  function use(take) {
    const scene = compared?.scene
    dialog()?.close()
    choose(scene, take)
  }

  /** @param {'left' | 'right'} side @param {number} index */
  function pick(side, index) {
    if (compared) compared = { ...compared, [side]: index }
    ctx.draw()
    play().catch(() => {})
  }

  /** @param {'left' | 'right'} side */
  const choice = (side) => {
    const { scene, [side]: chosen } = /** @type {NonNullable<typeof compared>} */ (compared)
    const take = scene.takes[chosen]
    return html`<div>
      <label for=${`take-${side}`}>${side === 'left' ? 'Left' : 'Right'} <kbd>${side === 'left' ? 1 : 2}</kbd></label>
      <select id=${`take-${side}`} @change=${(/** @type {Event} */ { target }) => pick(side, Number(/** @type {HTMLSelectElement} */ (target).value))}>
        ${scene.takes.map((/** @type {any} */ { shown, out_of_date: old }, /** @type {number} */ index) => html`<option value=${index} ?selected=${index === chosen}>Take ${index + 1}${shown ? ', in the film' : old ? ', out of date' : ', alternative'}</option>`)}
      </select>
      <p class="hint">${take.prompt ?? ''}</p>
      ${
        !ctx.decides
          ? nothing
          : take.shown
            ? html`<button class="button small" type="button" @click=${() => dialog()?.close()}>Keep it in the film</button>`
            : fits(take)
              ? html`<button class="button small" type="button" @click=${() => use(take)}>Use it instead · free</button>`
              : nothing
      }
    </div>`
  }

  return {
    /** @param {any} scene with its takes, oldest first: that of the film against the one before it, or after it */
    open(scene) {
      const shown = scene.takes.findIndex((/** @type {any} */ take) => take.shown)
      const right = shown > 0 ? shown : scene.takes.length - 1
      compared = { scene, left: right - 1, right }
      share = 50
      ctx.draw()
      dialog()?.showModal()
      wipe(share)
      play().catch(() => {})
    },
    leave: () => dialog()?.close(),
    template() {
      if (!compared) return nothing
      const { scene, left, right } = compared
      return html`<dialog id="compare" class="sheet wide" aria-labelledby="compare-heading" @close=${close} @keydown=${onKey}>
        <h2 id="compare-heading">${scene.title ?? 'Scene'}: before and after</h2>
        <div class="stack" data-beside=${isBeside ? 'true' : 'false'}>
          <video muted playsinline loop src=${scene.takes[left].video_url}></video>
          <video class="over" muted playsinline loop src=${scene.takes[right].video_url}></video>
        </div>
        <div class="bar">
          <label class="wipe" for="wipe">Left to right</label>
          <input id="wipe" type="range" min="0" max="100" .value=${String(share)} ?disabled=${isBeside} @input=${(/** @type {Event} */ { target }) => wipe(Number(/** @type {HTMLInputElement} */ (target).value))} />
          <button class="button small" type="button" aria-pressed=${isBeside ? 'true' : 'false'} @click=${besideOrOver}>Side by side</button>
          <button class="button small" type="button" @click=${play}>Play both</button>
        </div>
        <div class="fields">${choice('left')} ${choice('right')}</div>
        <div class="actions">
          <button class="button" type="button" @click=${() => dialog()?.close()}>Close</button>
        </div>
      </dialog>`
    },
  }
}
