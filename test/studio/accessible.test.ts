/** Every page, dialog and state of the studio as WCAG 2.2 AA wants it, in light and in dark; and all of it by keyboard. */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { expectAccessible, inBrowser, inThisFile, PHONE } from './browser.ts'
import { startEveryState } from './every-state.ts'

const studio = inThisFile(() => startEveryState({ name: 'Lakeside', text: 'A house by the lake' }))

const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first().click()
const focused = (page: Page) => page.evaluate<string>('document.activeElement.outerHTML.slice(0, 300)')

inBrowser('every page and dialog is accessible, light and dark', () => {
  it('on the board', async () => {
    const page = await studio.visit('/?view=all')
    await page.locator('.job').first().waitFor()
    await expectAccessible(page)
    await press(page, 'Keyboard shortcuts')
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await page.keyboard.press('f')
    await page.getByRole('button', { name: 'Lakeside' }).first().waitFor()
    await expectAccessible(page)
    await page.keyboard.press('Escape')
    await page.getByLabel(/^Search by/).fill('nothing is called so')
    await page.getByText('Nothing matches').waitFor()
    await expectAccessible(page)
    await page.route('**/api/v3/jobs?*', (route) =>
      route.fulfill({ json: { data: [], meta: { total: 0, limit: 24, next_cursor: null, counts: {} } } }),
    )
    await page.goto(`${studio.api.url}/`)
    await page.getByRole('heading', { name: 'Your first film starts with photos' }).waitFor()
    await expectAccessible(page)
  })

  it('where a film begins, and where one signs in', async () => {
    const page = await studio.visit('/new')
    await page.getByLabel('Campaign', { exact: true }).selectOption('Lakeside')
    await press(page, /^Take/)
    await page
      .getByLabel('Choose photos')
      .setInputFiles([{ name: 'none.png', mimeType: 'image/png', buffer: Buffer.from('no picture') }])
    await page.locator('.refused').waitFor()
    for (const summary of await page.locator('summary').all()) await summary.click()
    await expectAccessible(page)
    await page.goto(`${studio.api.url}/sign-in`)
    await page.getByLabel('Key', { exact: true }).fill('wrong')
    await press(page, 'Sign in')
    await page.locator('.problem:not(:empty)').waitFor()
    await expectAccessible(page)
  })

  it('in a review and its dialogs', async () => {
    const page = await studio.visit(`/jobs/${studio.jobs.pending}`)
    await page.locator('[data-scene]').first().waitFor()
    await expectAccessible(page)
    for (const name of [/^Approve/, 'Reject', 'Drop scene 1', 'Edit']) {
      await press(page, name)
      await page.getByRole('dialog').waitFor()
      await expectAccessible(page)
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'hidden' })
    }
    await press(page, 'Add a scene')
    await page.getByLabel('Prompt').fill('Onto the jetty')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog', { name: 'Close without saving?' }).waitFor()
    await expectAccessible(page)
  })

  it.each(['rendering', 'failed', 'rejected', 'canceled'] as const)('where a job is %s', async (state) => {
    const page = await studio.visit(`/jobs/${studio.jobs[state]}`)
    await page.locator('[data-scene]').first().waitFor()
    await expectAccessible(page)
    if (state !== 'rendering') return
    await press(page, 'Cancel')
    await page.getByRole('dialog').waitFor()
    await expectAccessible(page)
  })

  it('beside a film, and where two takes are compared', async () => {
    const page = await studio.visit(`/jobs/${studio.jobs.done}`)
    await page.locator('.note').first().waitFor()
    await press(page, 'Render again')
    await expectAccessible(page)
    await press(page, /^Compare/)
    await page.getByRole('dialog').waitFor()
    await expectAccessible(page)
  })

  it('where there is nothing', async () => {
    const page = await studio.visit('/jobs/99999')
    await page.getByRole('heading', { name: 'Job not found' }).waitFor()
    await expectAccessible(page)
  })

  it('and fits a phone, with nothing smaller than 24 pixels to touch', async () => {
    const { pending, rendering, failed, done } = studio.jobs
    const page = await studio.visit('/?view=all', PHONE)
    for (const at of ['/?view=all', '/new', ...[pending, rendering, failed, done].map((id) => `/jobs/${id}`)]) {
      await page.goto(studio.api.url + at)
      await page.locator('main :is(.job, .make, [data-scene])').first().waitFor()
      const found = await page.evaluate(`({
        width: document.documentElement.scrollWidth,
        small: [...document.querySelectorAll('button, .button, .quiet, .back, summary, select, nav a')]
          .filter((one) => one.checkVisibility())
          .map((one) => [one.textContent.trim(), one.getBoundingClientRect()])
          .filter(([, { width, height }]) => width < 24 || height < 24)
          .map(([text]) => text),
      })`)
      expect(found, at).toEqual({ width: PHONE.viewport.width, small: [] })
    }
  })

  it('and shows there what is chosen: a view once all are counted, and a photo among many', async () => {
    const page = await studio.visit('/?view=all', PHONE)
    await page.getByRole('button', { name: /^All \d/ }).waitFor()
    const isInSight = (selector: string) =>
      page.evaluate(`[...document.querySelectorAll(${JSON.stringify(selector)})].map((one) => {
        const { left, right } = one.getBoundingClientRect()
        return left >= 0 && right <= ${PHONE.viewport.width}
      })`)
    await expect.poll(() => isInSight('.views [aria-pressed="true"]')).toEqual([true])
    await page.goto(`${studio.api.url}/jobs/${studio.jobs.pending}`)
    await press(page, 'Edit')
    await expect.poll(() => isInSight('.photos .photo:has(:checked)')).toEqual([true, true])
  })
})

inBrowser('by keyboard', () => {
  it('a dialog keeps the focus within, and gives it back', async () => {
    const page = await studio.visit(`/jobs/${studio.jobs.pending}`)
    await page.locator('[data-scene]').first().waitFor()
    await page.getByRole('button', { name: 'Edit' }).first().focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    for (let n = 0; n < 40; n++) {
      await page.keyboard.press('Tab')
      const place = await page.evaluate<string>(
        `document.activeElement.closest('dialog') ? 'in' : document.activeElement === document.body ? 'browser' : 'out'`,
      )
      // Past its end is the browser's own bar.
      expect(place).not.toBe('out')
    }
    await page.keyboard.press('Escape')
    expect(await focused(page)).toContain('Edit')
  })

  it('the focus stays with what was moved, and is not lost with what was dropped', async () => {
    const page = await studio.visit(`/jobs/${studio.jobs.pending}`)
    await page.getByRole('button', { name: 'Move scene 1 later' }).focus()
    await page.keyboard.press('Enter')
    await page.getByText('Scene 1 is now scene 2.').waitFor()
    await expect.poll(() => focused(page)).toContain('Move scene 2 later')
    await page.keyboard.press('Enter')
    await page.getByText('Scene 2 is now scene 3.').waitFor()
    // It can't be moved further: its scene has the focus.
    await expect.poll(() => focused(page)).toContain('aria-label="Scene 3')
    await page.getByRole('button', { name: 'Drop scene 3' }).focus()
    await page.keyboard.press('Enter')
    // What takes something away is not what Enter alone does.
    await page.keyboard.press('Shift+Tab')
    await page.keyboard.press('Enter')
    await page.getByText('Dropped.').waitFor()
    await expect.poll(() => focused(page)).toContain('<main')
  })

  it('shortcuts are silent while somebody types, leave keys to buttons, and can be switched off', async () => {
    const page = await studio.visit('/')
    await page.locator('.job').first().waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('njk?1')
    expect(await page.getByLabel(/^Search by/).inputValue()).toBe('njk?1')
    await page.getByLabel(/^Search by/).fill('')
    await page.locator('.job').first().waitFor()
    await page.locator('h1').click()
    await page.keyboard.press('?')
    await page.getByRole('dialog').getByText('Next job').waitFor()
    await page.getByLabel('Single-key shortcuts').press('Space')
    await page.keyboard.press('Escape')
    for (const key of ['n', '2', 'j', '?']) await page.keyboard.press(key)
    expect(await page.getByRole('dialog').count()).toBe(0)
    expect(page.url()).toBe(`${studio.api.url}/`)
    await page.reload()
    await page.getByRole('button', { name: 'Keyboard shortcuts' }).press('Space')
    await page.getByLabel('Single-key shortcuts').press('Space')
    await page.keyboard.press('Escape')
    await page.keyboard.press('n')
    await page.getByRole('heading', { name: 'A new film' }).waitFor()
  })

  it('one skips to the page, and is there when another page comes', async () => {
    const page = await studio.visit('/')
    await page.locator('.job').first().waitFor()
    await page.keyboard.press('Tab')
    expect(await focused(page)).toContain('Skip to the page')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    expect(await focused(page)).toContain('New film')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'A new film' }).waitFor()
    expect(await focused(page)).toContain('<main')
  })
})
