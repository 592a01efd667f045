/** The finished film: seen, talked about, compared scene by scene, made anew in part, taken away. */
import { post } from '../api.js'
import { usd } from '../format.js'
import { repeat } from '../lit-html/directives/repeat.js'
import { html, nothing } from '../lit-html/lit-html.js'
import { createCompare } from './compare.js'
import { createNotes } from './notes.js'
import { createPlayer } from './player.js'

/** @param {import('../pages/job.js').JobPage} ctx */
export function createFilm(ctx) {
  /** @type {string | null} */
  let chosen = null
  const player = createPlayer(ctx)
  const notes = createNotes(ctx, player)
  const compare = createCompare(ctx)

  const at = () => `/api/v3/videos/${ctx.job.job_id}`

  /** @param {any} scene @param {SubmitEvent} event */
  async function regenerate(scene, event) {
    event.preventDefault()
    const prompt = String(new FormData(/** @type {HTMLFormElement} */ (event.target)).get('prompt') ?? '').trim()
    const started = await ctx.attempt(
      () => post(`/jobs/${ctx.job.job_id}/scenes/${scene.id}/regenerate`, prompt === scene.prompt ? {} : { prompt }),
      'The scene is rendered again. This film is served until the new one takes its place.',
    )
    if (started) chosen = null
    ctx.draw()
  }

  const music = () =>
    ctx.attempt(
      () => post('/audio/generate-scenes', { job_id: ctx.job.job_id, audio_params: { merge_with_video: true } }),
      'The music is being made.',
    )

  /** @param {any} scene @param {number} index */
  const row = (scene, index) => {
    const state = ctx.scenes.find(({ id }) => id === scene.id)
    if (!state) return nothing
    const price = ctx.job.costs.estimated / ctx.job.storyboard.scenes.length
    const again = state.regeneration
    const making = again && !['completed', 'failed'].includes(again.state)
    return html`<li>
      <button class="jump" type="button" @click=${() => player.seek(scene.time_start)} aria-label=${`Go to scene ${index + 1}`}>
        <img src=${state.thumbnail_url} alt="" loading="lazy" />
        <span class="number">${index + 1}</span>
      </button>
      <div>
        <h3>${scene.title ?? 'Untitled'}</h3>
        ${making ? html`<p class="badge" data-tone="busy">new take: ${again.state}</p>` : nothing}
        ${again?.error ? html`<p class="why" data-tone="failed">${again.error}</p>` : nothing}
        <p class="row">
          <button class="button small" type="button" aria-expanded=${chosen === scene.id ? 'true' : 'false'} @click=${() => toggle(scene.id)}>Render again</button>
          ${state.takes.length > 1 ? html`<button class="button small" type="button" @click=${() => compare.open(scene, state.takes)}>Compare ${state.takes.length} takes</button>` : nothing}
          <a class="quiet" href=${state.video_url} download=${`scene-${index + 1}.mp4`}>Clip</a>
        </p>
        ${
          chosen === scene.id
            ? html`<form class="again" @submit=${(/** @type {SubmitEvent} */ event) => regenerate(scene, event)}>
                <label for=${`again-${scene.id}`}>Prompt</label>
                <textarea id=${`again-${scene.id}`} name="prompt" .defaultValue=${scene.prompt ?? ''}></textarea>
                <button class="button primary small">Render again · ${usd(price)}</button>
              </form>`
            : nothing
        }
      </div>
    </li>`
  }

  /** @param {string} id */
  function toggle(id) {
    chosen = chosen === id ? null : id
    ctx.draw()
  }

  return {
    shortcuts: [...player.shortcuts, ...notes.shortcuts],
    refresh() {
      if (ctx.job.status !== 'completed') return
      player.refresh()
      notes.load()
    },
    leave: () => compare.leave(),
    template() {
      const { job, me } = ctx
      const making = job.revision && ['queued', 'running'].includes(job.revision.state)
      return html`<section aria-labelledby="the-film">
        <h2 id="the-film" class="unseen">The film</h2>
        <div class="watch">
          <div>${player.template(notes.all())}</div>
          ${notes.template()}
        </div>
        <div class="bar downloads">
          <a class="button" href=${`${at()}/combined`} download=${`${job.video_name}.mp4`}>Download the film</a>
          <a class="button" href=${`/api/v3/audio/${job.job_id}/download`} download>Music alone</a>
          ${me.role === 'creator' ? nothing : html`<button class="button" type="button" @click=${music}>New music</button>`}
          ${making ? html`<span class="badge" data-tone="busy">${job.revision.kind} ${job.revision.state}</span>` : nothing}
          ${job.revision?.state === 'failed' ? html`<span class="why" data-tone="failed">${job.revision.error}</span>` : nothing}
          ${job.progress.audio_error ? html`<span class="why" data-tone="failed">The music: ${job.progress.audio_error}</span>` : nothing}
        </div>
        ${me.role === 'creator' ? nothing : html`<ol class="takes">${repeat(job.storyboard.scenes, (scene) => scene.id, row)}</ol>`}
        ${compare.template()}
      </section>`
    },
  }
}
