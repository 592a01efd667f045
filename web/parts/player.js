/** The film in its player: seen, stepped through frame by frame, with a line below it that has its scenes and its notes. */
import { timecode } from '../format.js'
import { html, nothing, svg } from '../lit-html/lit-html.js'

/** @param {import('../pages/job.js').JobPage} ctx */
export function createPlayer(ctx) {
  /** Which film is in the player: another one takes its place when nobody watches this one, or asks for it. */
  let shown = 0
  let at = 0

  const base = () => `/api/v3/videos/${ctx.job.job_id}`
  const video = () => /** @type {HTMLVideoElement | null} */ (document.getElementById('film'))
  const length = () => video()?.duration || ctx.job.storyboard.film_duration

  /** @param {number} seconds */
  function seek(seconds) {
    const film = video()
    if (film) film.currentTime = Math.min(Math.max(0, seconds), length())
  }

  /** @param {number} by frames */
  function step(by) {
    const film = video()
    if (!film) return
    film.pause()
    const rate = ctx.job.frame_rate
    const frame = Math.floor(film.currentTime * rate + 0.01) + by
    // Its middle: the border between two frames shows either.
    seek((Math.max(0, frame) + 0.5) / rate)
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    const by = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0
    if (by === 0 || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    step(by)
  }

  function follow() {
    at = video()?.currentTime ?? 0
    ctx.draw()
  }

  /** Another film, from where this one stands. */
  function showNewest() {
    const from = video()?.currentTime ?? 0
    shown = ctx.job.video_version
    ctx.draw()
    video()?.addEventListener('loadedmetadata', () => seek(from), { once: true })
  }

  const share = (/** @type {number} */ seconds) => `${Math.min(100, (100 * seconds) / length())}%`

  /** @param {any[]} notes that are open, of this film */
  const line = (notes) => html`<svg class="timeline" aria-hidden="true" @click=${jump}>
    ${ctx.job.storyboard.scenes.map(
      (/** @type {any} */ { time_start: start, duration }, /** @type {number} */ index) =>
        svg`<rect class="part" data-odd=${index % 2} x=${share(start)} width=${share(duration)} y="10" height="8"></rect>`,
    )}
    ${notes.map(
      (note) =>
        svg`<circle class="mark" cx=${share(note.at_seconds)} cy="14" r="6" @click=${(/** @type {Event} */ event) => {
          event.stopPropagation()
          seek(note.at_seconds)
        }}><title>${note.text}</title></circle>`,
    )}
    <line class="head" x1=${share(at)} x2=${share(at)} y1="4" y2="24"></line>
  </svg>`

  /** @param {MouseEvent} event */
  function jump({ currentTarget, clientX }) {
    const { left, width } = /** @type {Element} */ (currentTarget).getBoundingClientRect()
    seek(((clientX - left) / width) * length())
  }

  return {
    shortcuts: [
      {
        key: ' ',
        does: 'Play or pause the film',
        run: () => (video()?.paused ? video()?.play() : video()?.pause()),
      },
      { key: ',', does: 'One frame back (or ← in the player)', run: () => step(-1) },
      { key: '.', does: 'One frame on (or → in the player)', run: () => step(1) },
    ],
    seek,
    pause: () => video()?.pause(),
    /** Seconds, and which film. */
    moment: () => ({ at: video()?.currentTime ?? 0, version: shown }),
    version: () => shown,
    refresh() {
      const film = video()
      const isUntouched = !film || (film.paused && film.currentTime === 0)
      if (isUntouched || !shown) shown = ctx.job.video_version ?? 0
    },
    /** @param {any[]} notes */
    template(notes) {
      const { video_version: newest } = ctx.job
      return html`<div class="screen">
          <video
            id="film"
            controls
            playsinline
            preload="metadata"
            poster=${`${base()}/thumbnail`}
            src=${`${base()}/combined?of=${shown}`}
            @keydown=${onKey}
            @timeupdate=${follow}
            @seeked=${follow}
          ></video>
        </div>
        ${line(notes.filter((note) => note.video_version === shown && !note.resolved))}
        <p class="row faint small">
          <span>${timecode(at)} of ${timecode(length())}</span>
          <span aria-hidden="true">·</span>
          <span>version ${shown}</span>
          ${
            newest && newest !== shown
              ? html`<button class="button small" type="button" @click=${showNewest}>Show version ${newest}</button>`
              : nothing
          }
        </p>`
    },
  }
}
