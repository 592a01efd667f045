/** The film in its player: seen, stepped through frame by frame, with a line below it that has its scenes and its notes. */
import { timecode } from '../format.js'
import { html, nothing, svg } from '../lit-html/lit-html.js'

/** Seconds that the keys for a page go. */
const JUMP = 2

/** @param {import('../pages/job.js').JobPage} ctx */
export function createPlayer(ctx) {
  /** Which film is in the player: another one takes its place when nobody watches this one, or asks for it. */
  let shown = 0
  let at = 0

  const base = () => `/api/v3/videos/${ctx.job.job_id}`
  const video = () => /** @type {HTMLVideoElement | null} */ (document.getElementById('film'))
  const isThere = () => video() !== null
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

  /**
   * What a slider's keys do on the line below the film. In the player they belong to the browser's own bars.
   * @type {Record<string, () => void>}
   */
  const keys = {
    ArrowLeft: () => step(-1),
    ArrowRight: () => step(1),
    ArrowDown: () => step(-1),
    ArrowUp: () => step(1),
    PageDown: () => seek(at - JUMP),
    PageUp: () => seek(at + JUMP),
    Home: () => seek(0),
    End: () => seek(length()),
  }

  /** @param {KeyboardEvent} event */
  function onKey(event) {
    const act = keys[event.key]
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    act()
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

  /** The film in the player is not served any more, once another took its place. */
  function onFault() {
    if (ctx.job.video_version && ctx.job.video_version !== shown) showNewest()
  }

  /** Captions that are no part of the picture: browsers show no track that is within the film's file. */
  const hasTrack = () =>
    ctx.job.parameters.captions === 'soft' &&
    ctx.job.storyboard.scenes.some((/** @type {any} */ { caption }) => caption?.trim())

  const share = (/** @type {number} */ seconds) => `${Math.min(100, (100 * seconds) / length())}%`

  /** @param {any[]} notes that are open, of this film */
  const line = (notes) => html`<div
    class="timeline"
    role="slider"
    tabindex="0"
    aria-label="Moment of the film"
    aria-valuemin="0"
    aria-valuemax=${length().toFixed(2)}
    aria-valuenow=${at.toFixed(2)}
    aria-valuetext=${`${timecode(at)} of ${timecode(length())}`}
    @click=${jump}
    @keydown=${onKey}
  ><svg aria-hidden="true">
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
  </svg></div>`

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
        when: isThere,
      },
      { key: ',', does: 'One frame back (or ← on the line below the film)', run: () => step(-1), when: isThere },
      { key: '.', does: 'One frame on (or → on the line below the film)', run: () => step(1), when: isThere },
    ],
    seek,
    pause: () => video()?.pause(),
    /** Seconds, and which film. */
    moment: () => ({ at: video()?.currentTime ?? 0, version: shown }),
    version: () => shown,
    refresh() {
      const film = video()
      // One that is not served any more can't be looked at either.
      const isUntouched = !film || film.error || (film.paused && film.currentTime === 0)
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
            @error=${onFault}
            @timeupdate=${follow}
            @seeked=${follow}
          >${hasTrack() ? html`<track kind="captions" label="Captions" src=${`${base()}/captions.vtt`} default />` : nothing}</video>
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
