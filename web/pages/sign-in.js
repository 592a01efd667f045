/** Exchanges a key for a session. The key is sent once and kept nowhere. */
import { post } from '../api.js'
import { html, nothing, render } from '../lit-html/lit-html.js'

/** Only a page of ours, never another site that a link named. @param {string} next a path, perhaps with a query */
function oursOf(next) {
  const url = URL.canParse(next, location.origin) ? new URL(next, location.origin) : null
  return url?.origin === location.origin ? url.href : '/'
}

/** @type {import('../app.js').Page} */
export function page(main) {
  document.title = 'Sign in · Greenlight'
  let problem = ''
  let busy = false
  const target = oursOf(new URLSearchParams(location.search).get('next') ?? '/')

  /** @param {SubmitEvent} event */
  const signIn = async (event) => {
    event.preventDefault()
    const form = /** @type {HTMLFormElement} */ (event.target)
    busy = true
    draw()
    try {
      await post('/session', { key: new FormData(form).get('key') })
      location.assign(target)
    } catch (error) {
      problem = /** @type {Error} */ (error).message
      busy = false
      draw()
    }
  }
  const draw = () =>
    render(
      html`<section class="card narrow">
        <h1>Sign in</h1>
        <p class="lead">With a key to the API: the one in <code>API_AUTH_KEY</code>, or one of your own.</p>
        <form @submit=${signIn}>
          <label for="key">Key</label>
          <input
            id="key"
            name="key"
            type="password"
            autocomplete="current-password"
            required
            aria-describedby="problem"
            aria-invalid=${problem ? 'true' : nothing}
          />
          <p id="problem" class="problem" role="alert">${problem}</p>
          <button class="button primary" ?disabled=${busy}>${busy ? 'Signing in…' : 'Sign in'}</button>
        </form>
      </section>`,
      main,
    )
  draw()
  document.getElementById('key')?.focus()
}
