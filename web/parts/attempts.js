/** What was bought for a scene: each attempt with what it cost, and why it was made. */
import { inWords, usd } from '../format.js'
import { html, nothing } from '../lit-html/lit-html.js'

/** Why it was bought, without what is said of the attempt before anyway. @param {{ reason: string }} attempt */
const reasonOf = ({ reason }) => reason.replace(/: .*/s, '')

/** @param {{ attempts: any[], error: string | null }} scene whose own error is shown beside this */
export function attemptsOf({ attempts, error: shown }) {
  if (attempts.length === 0) return nothing
  const cost = attempts.reduce((sum, attempt) => sum + attempt.cost, 0)
  if (attempts.length === 1) return html`<span class="faint cost">${usd(cost)}</span>`
  return html`<details class="wide">
    <summary>${attempts.length} attempts · ${usd(cost)}</summary>
    <ol class="attempts">
      ${attempts.map(
        (attempt) => html`<li>
          <span>Attempt ${attempt.attempt}</span>
          <span>${usd(attempt.cost)}</span>
          <span>${inWords(attempt.state)}${attempt.error && attempt.error !== shown ? `: ${attempt.error}` : ''}</span>
          ${attempt.reason === 'first' ? nothing : html`<span class="faint">Bought because ${reasonOf(attempt)}</span>`}
        </li>`,
      )}
    </ol>
  </details>`
}
