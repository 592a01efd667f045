/** What was bought for a scene, its voice-over or the music: each attempt with what it cost, and why it was made. */
import { counted, inWords, usd } from '../format.js'
import { html, nothing } from '../lit-html/lit-html.js'

/** Why it was bought, without what is said of the attempt before anyway. @param {{ reason: string }} attempt */
const reasonOf = ({ reason }) => reason.replace(/: .*/s, '')

/** @param {any[]} attempts */
const costOf = (attempts) => usd(attempts.reduce((sum, { cost }) => sum + cost, 0))

/**
 * @param {any[]} attempts
 * @param {string | null} shown an error that is shown beside this
 * @param {(attempt: any) => string} [nameOf]
 */
const list = (attempts, shown, nameOf = ({ attempt }) => `Attempt ${attempt}`) => html`<ol class="attempts">
  ${attempts.map(
    (attempt) => html`<li>
      <span>${nameOf(attempt)}</span>
      <span>${usd(attempt.cost)}</span>
      <span>${inWords(attempt.state)}${attempt.error && attempt.error !== shown ? `: ${attempt.error}` : ''}</span>
      ${attempt.reason === 'first' ? nothing : html`<span class="faint">Bought because ${reasonOf(attempt)}</span>`}
    </li>`,
  )}
</ol>`

/** @param {{ attempts: any[], error: string | null }} scene whose own error is shown beside this */
export function attemptsOf({ attempts, error }) {
  if (attempts.length === 0) return nothing
  if (attempts.length === 1) return html`<span class="faint cost">${costOf(attempts)}</span>`
  return html`<details class="wide">
    <summary>${counted(attempts.length, 'attempt')} · ${costOf(attempts)}</summary>
    ${list(attempts, error)}
  </details>`
}

/** What is spoken over a scene. @param {{ voice_over_attempts: any[] }} scene */
export function voiceAttempts({ voice_over_attempts: attempts }) {
  if (attempts.length === 0) return nothing
  return html`<details class="wide">
    <summary>Voice-over: ${counted(attempts.length, 'attempt')} · ${costOf(attempts)}</summary>
    ${list(attempts, null)}
  </details>`
}

/** A piece of music is bought for each scene. @param {{ attempts: any[], error: string | null }} audio */
export function musicAttempts({ attempts, error }) {
  if (attempts.length === 0) return nothing
  const isRemade = attempts.some(({ soundtrack }) => soundtrack !== attempts[0].soundtrack)
  /** @param {any} attempt */
  const nameOf = ({ position, attempt, soundtrack }) =>
    `${isRemade ? `Soundtrack ${soundtrack}, scene` : 'Scene'} ${position + 1}, attempt ${attempt}`
  return html`<details class="wide">
    <summary>Music: ${counted(attempts.length, 'attempt')} · ${costOf(attempts)}</summary>
    ${list(attempts, error, nameOf)}
  </details>`
}
