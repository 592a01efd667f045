/** Who is signed in, and what another site can do with that: nothing. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { inBrowser, inThisFile, show } from './browser.ts'
import { startEveryState } from './every-state.ts'

const KEY = 'a-key-that-is-nowhere-else'
const studio = inThisFile(() =>
  startEveryState({ name: 'Lakeside', text: 'A house by the lake' }, { API_AUTH_KEY: KEY }),
)

/** Somebody who has signed in, on the board, and every address that their browser asked for. */
async function signIn() {
  const page = await studio.visit('/sign-in')
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  await page.getByLabel('Key', { exact: true }).fill(KEY)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.locator('.job').first().waitFor()
  return { page, asked }
}

inBrowser('a session', () => {
  it('keeps the key out of addresses, of storage and of what scripts can read', async () => {
    const { page, asked } = await signIn()
    const kept = await page.evaluate(
      `JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, name])`,
    )
    expect(kept).toBe(JSON.stringify([{}, {}, '', '']))
    expect(asked.length).toBeGreaterThan(3)
    expect(asked.filter((url) => url.includes(KEY))).toEqual([])
    expect(await page.content()).not.toContain(KEY)
    const [cookie, ...others] = await page.context().cookies()
    expect(others).toEqual([])
    expect(cookie).toMatchObject({ name: 'greenlight_session', httpOnly: true, sameSite: 'Strict' })
    expect(JSON.stringify(cookie)).not.toContain(KEY)
  })

  it('leads back to where one wanted to go, and ends with signing out', async () => {
    const page = await studio.visit(`/jobs/${studio.jobs.pending}`)
    await page.getByLabel('Key', { exact: true }).fill(KEY)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Storyboard' }).waitFor()
    expect(new URL(page.url()).pathname).toBe(`/jobs/${studio.jobs.pending}`)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.goto(`${studio.api.url}/`)
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  })

  it('is asked for again when it has ended, and what was looked at comes back', async () => {
    const { page } = await signIn()
    await page.goto(`${studio.api.url}/?view=all&q=Lakeside`)
    await page.locator('.job').first().waitFor()
    await page.context().clearCookies()
    await show(page, false)
    await show(page, true)
    await page.getByLabel('Key', { exact: true }).fill(KEY)
    await page.keyboard.press('Enter')
    await page.locator('.job').first().waitFor()
    expect(page.url()).toBe(`${studio.api.url}/?view=all&q=Lakeside`)
  })

  it.each(['//127.0.0.1:9/', '/\t/127.0.0.1:9/', '/.//127.0.0.1:9/', 'javascript:alert(1)'])(
    'never leads to %j, which is another site',
    async (next) => {
      const page = await studio.visit(`/sign-in?next=${encodeURIComponent(next)}`)
      await page.getByLabel('Key', { exact: true }).fill(KEY)
      await page.keyboard.press('Enter')
      await page.waitForURL((url) => url.pathname !== '/sign-in')
      expect(new URL(page.url()).origin).toBe(studio.api.url)
      await page.context().close()
    },
  )

  it('is not to be used by another site, nor shown in its frame', async () => {
    const { page } = await signIn()
    const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end(foreignPage()))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const before = await studio.api.db.client.count()
      // Of the same site as ours, as browsers count it: another port. SameSite alone would not stop it.
      await page.goto(`http://127.0.0.1:${portOf(server)}`)
      await expect.poll(() => page.evaluate('globalThis.done')).toBe('TypeError: Failed to fetch')
      await page.getByRole('button', { name: 'Win a prize' }).click()
      await page.waitForURL(/\/api\/v3\/clients$/)
      expect(await page.locator('body').innerText()).toContain('Requests from http://127.0.0.1')
      expect(await studio.api.db.client.count()).toBe(before)
      expect((await studio.api.db.job.findUniqueOrThrow({ where: { id: studio.jobs.pending } })).decision).toBeNull()
    } finally {
      server.close()
    }
    expect(studio.faults.splice(0).join('\n')).toMatch(/frame-ancestors 'none'/)
  })
})

const portOf = (server: Server) => (server.address() as AddressInfo).port

/** Tries what a foreign page can: a script's request with the cookie, a form, and our page in a frame of its own. */
const foreignPage = () => `<!doctype html>
<iframe src="${studio.api.url}/"></iframe>
<form method="post" enctype="text/plain" action="${studio.api.url}/api/v3/clients">
  <input type="hidden" name='{"name":"forged","x":"' value='"}' /><button>Win a prize</button>
</form>
<script>
  const init = { method: 'POST', credentials: 'include', mode: 'no-cors', body: '{}' }
  fetch('${studio.api.url}/api/v3/jobs/${studio.jobs.pending}/approve', init)
    .then(() => fetch('${studio.api.url}/api/v3/jobs', { credentials: 'include' }))
    .catch((error) => (globalThis.done = String(error)))
</script>`
