/** How far a job is, scene by scene: what each waits for, and what helps where one failed. */
import { get } from '../api.js'
import { inWords } from '../format.js'
import { repeat } from '../lit-html/directives/repeat.js'
import { html, nothing } from '../lit-html/lit-html.js'

/** @type {Record<string, string>} */
const WAITS = {
  pending: 'waits for its turn',
  submitting: 'is being ordered',
  rendering: 'is rendered by the model',
  downloading: 'is fetched and fitted to the film',
  completed: 'is there',
  failed: 'failed',
}

/** @param {{ state: string }} scene */
const toneOfScene = ({ state }) => (state === 'failed' ? 'failed' : state === 'completed' ? 'done' : 'busy')

/** @param {import('../pages/job.js').JobPage} ctx */
export function createProgress(ctx) {
  /** @type {any} */
  let workflow = null
  let asked = false

  async function look() {
    asked = true
    ctx.draw()
    workflow = await get(`/jobs/${ctx.job.job_id}/workflow`).catch((error) => ({ problem: error.message }))
    ctx.draw()
  }

  /** @param {any} scene */
  const row = (scene) => html`<li data-tone=${toneOfScene(scene)}>
    <span class="badge" data-tone=${toneOfScene(scene)}>${scene.state}</span>
    <span><strong>Scene ${scene.position + 1}</strong> ${WAITS[scene.state] ?? scene.state}${scene.attempt > 1 ? `, attempt ${scene.attempt}` : ''}</span>
    ${scene.error ? html`<span class="why">${scene.error}</span>` : nothing}
  </li>`

  return {
    template() {
      const { job, scenes, me } = ctx
      return html`<section class="card progress" aria-labelledby="progress">
        <div class="bar">
          <h2 id="progress">${job.status === 'failed' ? 'What happened' : 'Progress'}</h2>
          <span class="faint">${Math.round(job.progress_percentage)} %</span>
          ${me.role === 'operator' ? html`<button class="quiet" type="button" @click=${look}>What the workflow does</button>` : nothing}
        </div>
        ${job.status === 'failed' ? nothing : html`<progress max="100" .value=${job.progress_percentage} aria-label="Progress"></progress>`}
        ${job.progress.error ? html`<p class="notice" data-tone="failed" role="alert">${job.progress.error}</p>` : nothing}
        <ul class="states">${repeat(scenes, (scene) => scene.id, row)}</ul>
        ${asked ? operators() : nothing}
      </section>`
    },
  }

  function operators() {
    if (!workflow) return html`<p class="faint" role="status">Asking the workflow…</p>`
    if (workflow.problem) return html`<p class="notice" data-tone="failed">${workflow.problem}</p>`
    return html`<dl class="workflow">
      <div><dt>Workflow</dt><dd><code>${workflow.workflow_id}</code></dd></div>
      <div><dt>Run</dt><dd><code>${workflow.run_id}</code> ${workflow.run_status}</dd></div>
      <div><dt>History</dt><dd>${workflow.history_length} events</dd></div>
      ${workflow.pending_activities.map(
        (/** @type {any} */ { type, attempt, state, last_failure: failure }) =>
          html`<div><dt>${type}</dt><dd>${inWords(state.toLowerCase())}, attempt ${attempt}${failure ? `: ${failure}` : ''}</dd></div>`,
      )}
    </dl>`
  }
}
