/** Two takes of a scene at once: side by side, or one over the other with a slider between them. */
import { html, nothing } from '../lit-html/lit-html.js'

/** @param {import('../pages/job.js').JobPage} ctx */
export function createCompare(ctx) {
  /** @type {{ scene: any, takes: any[], left: number, right: number } | null} */
  let compared = null

  const videos = () => /** @type {HTMLVideoElement[]} */ ([...document.querySelectorAll('#compare video')])
  const dialog = () => /** @type {HTMLDialogElement | null} */ (document.getElementById('compare'))

  async function play() {
    for (const video of videos()) video.currentTime = 0
    await Promise.all(videos().map((video) => video.play()))
  }

  /** @param {Event} event */
  function slide({ target }) {
    const share = Number(/** @type {HTMLInputElement} */ (target).value)
    const [, over] = videos()
    // By script, because styles in the markup are forbidden here.
    if (over) over.style.clipPath = `inset(0 0 0 ${share}%)`
  }

  function close() {
    compared = null
    ctx.draw()
  }

  /** @param {'left' | 'right'} side */
  const choice = (side) => html`<label for=${`take-${side}`}>${side === 'left' ? 'Left' : 'Right'}</label>
    <select id=${`take-${side}`} @change=${(/** @type {Event} */ { target }) => choose(side, Number(/** @type {HTMLSelectElement} */ (target).value))}>
      ${compared?.takes.map((take, index) => html`<option value=${index} ?selected=${index === compared?.[side]}>Take ${index + 1}${take.shown ? ' (in the film)' : ''}</option>`)}
    </select>`

  /** @param {'left' | 'right'} side @param {number} index */
  function choose(side, index) {
    if (compared) compared = { ...compared, [side]: index }
    ctx.draw()
  }

  return {
    /** @param {any} scene @param {any[]} takes oldest first */
    open(scene, takes) {
      compared = { scene, takes, left: takes.length - 2, right: takes.length - 1 }
      ctx.draw()
      dialog()?.showModal()
      play().catch(() => {})
    },
    leave: () => dialog()?.close(),
    template() {
      if (!compared) return nothing
      const { scene, takes, left, right } = compared
      return html`<dialog id="compare" class="sheet wide" aria-labelledby="compare-heading" @close=${close}>
        <h2 id="compare-heading">${scene.title ?? 'Scene'}: before and after</h2>
        <div class="stack">
          <video muted playsinline loop src=${takes[left].video_url}></video>
          <video class="over" muted playsinline loop src=${takes[right].video_url}></video>
        </div>
        <label for="wipe">Left to right</label>
        <input id="wipe" type="range" min="0" max="100" value="50" @input=${slide} />
        <div class="fields">
          <div>${choice('left')}<p class="hint">${takes[left].prompt ?? ''}</p></div>
          <div>${choice('right')}<p class="hint">${takes[right].prompt ?? ''}</p></div>
        </div>
        <div class="actions">
          <button class="button" type="button" @click=${play}>Play both</button>
          <button class="button" type="button" @click=${() => dialog()?.close()}>Close</button>
        </div>
      </dialog>`
    },
  }
}
