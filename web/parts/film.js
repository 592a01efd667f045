/** The finished film: seen, talked about, made anew in part, taken away. */
import { counted, usd } from '../format.js'
import { html, nothing } from '../lit-html/lit-html.js'
import { musicAttempts } from './attempts.js'
import { confirmed } from './dialogs.js'
import { createNotes } from './notes.js'
import { createPlayer } from './player.js'
import { spend } from './spend.js'
import { createTakes } from './takes.js'

/** @type {Record<string, string>} */
const MAKING = {
  retry: 'It goes on',
  regenerate: 'A scene is rendered again',
  finalize: 'It is rendered in full quality',
  choose: 'Another take is put in',
  music: 'Music is being made',
}

/** @param {import('../pages/job.js').JobPage} ctx */
export function createFilm(ctx) {
  const player = createPlayer(ctx)
  const notes = createNotes(ctx, player)
  const takes = createTakes(ctx)

  const music = () =>
    ctx.attempt(
      () => spend(ctx, '/audio/generate-scenes', { job_id: ctx.job.job_id, audio_params: { merge_with_video: true } }),
      'The music is being made.',
    )

  async function finalize() {
    const { job } = ctx
    const agreed = await confirmed({
      title: 'Render it in full quality?',
      text: `It is rendered as you see it: ${counted(job.storyboard.scenes.length, 'scene')}, for ${usd(job.finalize_cost)} at most. The draft is shown until the film takes its place; the music stays.`,
      yes: `Render for ${usd(job.finalize_cost)}`,
    })
    if (agreed)
      await ctx.attempt(() => spend(ctx, `/jobs/${job.job_id}/finalize`, {}), 'It is rendered in full quality.')
  }

  return {
    shortcuts: [...player.shortcuts, ...notes.shortcuts],
    refresh() {
      if (ctx.job.status !== 'completed') return
      player.refresh()
      takes.refresh()
      notes.load()
    },
    isUnsaved: notes.isUnsaved,
    /** What each scene of the storyboard has to do with the film. */
    ofScene: takes.ofScene,
    seek: player.seek,
    leave: () => takes.leave(),
    template() {
      return html`<section aria-labelledby="the-film">
        <h2 id="the-film" class="unseen">The film</h2>
        <div class="watch">
          <div>
            ${player.template(notes.all())}
            ${aside()}
          </div>
          ${notes.template()}
        </div>
        ${takes.template()}
      </section>`
    },
  }

  /** What can be taken away, what it sounds like alone, and what is being made of it. */
  function aside() {
    const { job, audio } = ctx
    const { revision } = job
    const making = revision && ['queued', 'running'].includes(revision.state)
    const track = `/api/v3/audio/${job.job_id}/download`
    const hasMusic = audio?.generated_at && audio.size
    const price = audio ? ` · ${audio.render_cost ? usd(audio.render_cost) : 'free'}` : ''
    const isDraft = job.quality === 'draft'
    const isFinalizing = making && revision.kind === 'finalize'
    return html`<div class="bar downloads">
        ${isDraft ? html`<span class="badge" data-tone="waiting">Draft</span>` : nothing}
        ${isDraft && ctx.decides ? html`<button class="button primary" type="button" ?disabled=${isFinalizing} @click=${finalize}>Render in full quality · ${job.finalize_cost ? usd(job.finalize_cost) : 'free'}</button>` : nothing}
        <a class="button" href=${`/api/v3/videos/${job.job_id}/combined?download=true`} download=${`${job.video_name}.mp4`}>Download the film</a>
        ${hasMusic ? html`<a class="button" href=${track} download>Download the music</a>` : nothing}
        ${ctx.decides ? html`<button class="button" type="button" ?disabled=${audio?.status === 'processing'} @click=${music}>${hasMusic ? 'New music' : 'Add music'}${price}</button>` : nothing}
        ${hasMusic ? html`<audio controls preload="none" aria-label="The music alone" src=${`${track}?of=${audio.generated_at}`}></audio>` : nothing}
        ${making ? html`<span class="badge" data-tone="busy" role="status">${MAKING[revision.kind] ?? revision.kind}: ${revision.state}</span>` : nothing}
        ${revision?.state === 'failed' ? html`<span class="why" data-tone="failed">${revision.error}</span>` : nothing}
        ${job.progress.audio_error ? html`<span class="why" data-tone="failed">The music: ${job.progress.audio_error}</span>` : nothing}
      </div>
      ${audio ? musicAttempts(audio) : nothing}`
  }
}
