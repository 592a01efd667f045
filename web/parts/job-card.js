/** A job as the board shows it: its picture, its state, what it costs, and why it ended where it did. */
import { age, moment, stateOf, toneOf, usd } from '../format.js'
import { html, nothing } from '../lit-html/lit-html.js'

/** @param {any} job */
export function jobCard(job) {
  const tone = toneOf(job)
  const cost = job.costs.actual > 0 ? usd(job.costs.actual) : `about ${usd(job.costs.estimated)}`
  return html`<li>
    <a class="job" href=${`/jobs/${job.job_id}`} data-tone=${tone}>
      <span class="picture">
        ${
          job.picture_url
            ? html`<img src=${job.picture_url} alt="" loading="lazy" decoding="async" />`
            : html`<span class="blank" aria-hidden="true"></span>`
        }
        <span class="badge" data-tone=${tone}>${stateOf(job)}</span>
        ${
          tone === 'busy'
            ? html`<progress max="100" .value=${job.progress_percentage} aria-label="Progress"></progress>`
            : nothing
        }
      </span>
      <span class="what">
        <strong>${job.video_name}</strong>
        <span class="faint">${job.campaign_name ?? ''} · #${job.job_id}</span>
      </span>
      ${job.progress.error ? html`<span class="why">${job.progress.error}</span>` : nothing}
      <span class="figures">
        <span title=${moment(job.inserted_at)}>${age(job.inserted_at)}</span>
        <span>${cost}</span>
      </span>
    </a>
  </li>`
}
