/** How far a job is, scene by scene: what each waits for, what was bought for it, and what helps where one failed. */
import { get } from '../api.js'
import { clockTime, inWords, sceneState, times } from '../format.js'
import { repeat } from '../lit-html/directives/repeat.js'
import { html, nothing } from '../lit-html/lit-html.js'
import { createAgain } from './again.js'
import { attemptsOf, musicAttempts, voiceAttempts } from './attempts.js'

/** How often a running workflow is asked what it waits for. */
const LOOK_EVERY_MS = 5000
/** What a look at a prediction says that found it so. */
const STILL_RUNNING = 'The prediction is still running'

/** @type {Record<string, string>} */
const STATES = {
  pending: 'waits for its turn: others are rendered first',
  submitting: 'is being ordered',
  downloading: 'is fetched and fitted to the film',
  completed: 'is there',
  failed: 'failed',
}
/** @type {Record<string, string>} */
const WAITS = {
  provider: 'is rendered by the provider, who is asked how far it is',
  webhook: 'is rendered by the provider, whose webhook tells when it is done',
}

/** Why what somebody writes of a scene waits. */
const TOO_LATE =
  'It goes on already, somebody was faster. What you wrote is kept here: the scene can be rendered again once the job has ended.'

/** What is made once the scenes are there. @type {Record<string, string>} */
const STEPS = {
  stitching: 'The scenes are put together.',
  audio_generation_pending: 'The music comes next.',
  audio_generation: 'The music is made.',
}

/** @param {{ state: string }} scene */
const toneOfScene = ({ state }) => (state === 'failed' ? 'failed' : state === 'completed' ? 'done' : 'busy')

/** @param {import('../pages/job.js').JobPage} ctx */
export function createProgress(ctx) {
  /** What the workflow said last. @type {any} */
  let workflow = null
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  let isLooking = false
  let hasLeft = false

  const isRunning = () => ctx.job && ['approved', 'processing'].includes(ctx.job.status)
  const again = createAgain(ctx, {
    name: 'Edit and render again',
    done: 'It goes on, with that scene as you have it now.',
  })

  async function look() {
    if (isLooking) return
    isLooking = true
    clearTimeout(timer)
    workflow = await get(`/jobs/${ctx.job.job_id}/workflow`).catch((error) => ({
      problem: error.message,
      ...error.body,
    }))
    isLooking = false
    timer = isRunning() && !hasLeft ? setTimeout(look, LOOK_EVERY_MS) : undefined
    ctx.draw()
  }

  /** The try of the workflow that a scene waits for, where one failed. @param {string} id */
  const tryOf = (id) =>
    workflow?.pending_activities?.find(
      (/** @type {any} */ activity) => activity.scene_id === id && activity.last_failure,
    )

  /** @param {any} activity */
  const waiting = ({ last_failure: failure, next_attempt_at: next, attempt }) => {
    const isAhead = next && Date.parse(next) > Date.now()
    const when = isAhead ? html`at <time datetime=${next}>${clockTime(next)}</time>` : 'now'
    return html`<span class="faint small wide">
      ${
        failure.startsWith(STILL_RUNNING)
          ? html`Asked ${times(attempt - 1)} so far, and again ${when}.`
          : html`${failure} Tried ${times(attempt - 1)} so far, and again ${when}.`
      }
    </span>`
  }

  /** @param {any} scene */
  const remedy = (scene) => {
    if (!ctx.decides) return nothing
    if (scene.state !== 'failed' || ctx.job.current_stage !== 'failed') {
      return again.isHeld(scene)
        ? html`<span class="wide">${again.form(scene, scene.render_cost, TOO_LATE)}</span>`
        : nothing
    }
    return html`<span class="wide">${again.button(scene)} ${again.form(scene, scene.render_cost)}</span>`
  }

  /** @param {any} scene */
  const row = (scene) => {
    const pending = isRunning() ? tryOf(scene.id) : undefined
    return html`<li data-tone=${toneOfScene(scene)}>
      <span class="badge" data-tone=${toneOfScene(scene)}>${sceneState(scene)}</span>
      <span class="how"><strong>Scene ${scene.position + 1}</strong> ${WAITS[scene.waits_for] ?? STATES[scene.state] ?? scene.state}</span>
      ${attemptsOf(scene)}
      ${voiceAttempts(scene)}
      ${pending ? waiting(pending) : nothing}
      ${scene.error && !ctx.job.progress.error?.includes(scene.error) ? html`<span class="why">${scene.error}</span>` : nothing}
      ${remedy(scene)}
    </li>`
  }

  return {
    refresh() {
      if (isRunning() && !timer) look()
    },
    leave() {
      hasLeft = true
      clearTimeout(timer)
    },
    template() {
      const { job, scenes, me } = ctx
      const isOver = job.status === 'failed'
      return html`<section class="card progress" aria-labelledby="progress">
        <div class="bar">
          <h2 id="progress">${isOver ? 'What happened' : 'Progress'}</h2>
          ${isOver ? nothing : html`<span class="faint">${Math.round(job.progress_percentage)} %</span>`}
        </div>
        ${isOver ? nothing : html`<progress max="100" .value=${job.progress_percentage} aria-label="Progress"></progress>`}
        ${job.progress.error ? html`<p class="notice" data-tone="failed" role="alert">${job.progress.error}</p>` : nothing}
        ${isRunning() && workflow?.run_id && workflow.problem ? html`<p class="notice" data-tone="waiting">${workflow.problem}</p>` : nothing}
        ${STEPS[job.current_stage] ? html`<p role="status">${STEPS[job.current_stage]}</p>` : nothing}
        <ul class="states">${repeat(scenes, (scene) => scene.id, row)}</ul>
        ${ctx.audio ? musicAttempts(ctx.audio) : nothing}
        ${me.role === 'operator' ? operators() : nothing}
      </section>`
    },
  }

  function operators() {
    if (!workflow)
      return html`<p><button class="quiet" type="button" @click=${look}>What the workflow does</button></p>`
    if (!workflow.workflow_id) return html`<p class="faint">${workflow.problem}</p>`
    return html`<details class="workflow">
      <summary>The workflow, for operators</summary>
      <dl>
        <div>
          <dt>Workflow</dt>
          <dd>
            <code>${workflow.workflow_id}</code>
            ${workflow.ui_url ? html`<a href=${workflow.ui_url} target="_blank" rel="noopener">Open it in Temporal</a>` : nothing}
          </dd>
        </div>
        <div><dt>Run</dt><dd><code>${workflow.run_id}</code> ${inWords(workflow.run_status.toLowerCase())}</dd></div>
        <div><dt>History</dt><dd>${workflow.history_length} events</dd></div>
        ${workflow.pending_activities.map(
          (/** @type {any} */ { type, attempt, state, last_failure: failure }) =>
            html`<div><dt>${type}</dt><dd>${inWords(state.toLowerCase())}, attempt ${attempt}${failure ? `: ${failure}` : ''}</dd></div>`,
        )}
      </dl>
    </details>`
  }
}
