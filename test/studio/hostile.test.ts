/** Whatever people, files and providers write, the studio shows it as text: in every field, on every page. */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { inBrowser, inThisFile, PHONE } from './browser.ts'
import { startEveryState } from './every-state.ts'

/** As markup, as an attribute's end, as an address, as a template's hole, as a turn of direction, as a word without end. */
const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(2)>',
  "'><svg onload=alert(3)>",
  'javascript:alert(4)',
  `\${alert(5)}{{constructor.constructor('alert(6)')()}}`,
  '</textarea></title><b>&amp;',
  '\u202Etxet\u2066',
].join(' ')
const WORD = 'W'.repeat(240)

// Scripts that ran, dialogs that came up, and what the Content-Security-Policy had to stop.
const studio = inThisFile(() => startEveryState({ name: HOSTILE, text: `${HOSTILE} ${WORD}` }))

/** Nothing of it became an element, a link or an address, and nothing made the page wider than the screen. */
async function expectHarmless(page: Page): Promise<void> {
  const found = await page.evaluate(`({
    elements: document.querySelectorAll('main :is(script, b b, svg[onload]), [onerror], [onload], img[src="x"]').length,
    addresses: [...document.querySelectorAll('[href], [src]')]
      .map((element) => element.href?.baseVal ?? element.href ?? element.src)
      .filter((address) => !/^(https?|blob):/.test(address)),
    width: document.documentElement.scrollWidth,
  })`)
  expect(found).toEqual({ elements: 0, addresses: [], width: PHONE.viewport.width })
}

const visit = (path: string) => studio.visit(path, PHONE)
const shown = (page: Page) => page.locator('body').innerText()

inBrowser('text from elsewhere', () => {
  it('is text on the board, in what was searched for, and in the title', async () => {
    const page = await visit('/?view=all')
    await page.locator('.job').first().waitFor()
    expect(await shown(page)).toContain(HOSTILE)
    await expectHarmless(page)
    await page.getByLabel(/^Search by/).fill(`${HOSTILE}!`)
    await page.getByText('Nothing matches').waitFor()
    expect(await shown(page)).toContain(`${HOSTILE}!`)
    await page.reload()
    await page.getByText('Nothing matches').waitFor()
    await expectHarmless(page)
    await page.goto(`${studio.api.url}/jobs/${studio.jobs.pending}`)
    await page.locator('[data-scene]').first().waitFor()
    expect(await page.title()).toContain(HOSTILE)
  })

  it('is text in a storyboard, and in the dialogs that change and decide it', async () => {
    const page = await visit(`/jobs/${studio.jobs.pending}`)
    await page.locator('[data-scene]').first().waitFor()
    expect((await shown(page)).split(HOSTILE).length).toBeGreaterThan(15)
    await page.getByRole('button', { name: 'Edit' }).first().click()
    await page.locator('#scene-form img').first().waitFor()
    for (const label of ['Title', 'Type', 'Prompt', 'Caption', 'Spoken over it', 'Music', 'price']) {
      expect(await page.getByLabel(label, { exact: true }).inputValue(), label).toContain(HOSTILE)
    }
    expect(await page.locator('#scene-form img').first().getAttribute('alt')).toBe(HOSTILE)
    await page.getByLabel('Title', { exact: true }).fill(HOSTILE)
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved.').waitFor()
    for (const opens of [/^Approve/, 'Drop scene 1']) {
      await page.getByRole('button', { name: opens }).click()
      expect(await page.getByRole('dialog').innerText()).toContain(HOSTILE)
      await page.keyboard.press('Escape')
    }
    await expectHarmless(page)
  })

  it.each(['rendering', 'failed', 'rejected', 'canceled'] as const)('is text where a job is %s', async (state) => {
    const page = await visit(`/jobs/${studio.jobs[state]}`)
    await page.locator('[data-scene]').first().waitFor()
    expect(await shown(page)).toContain(HOSTILE)
    await expectHarmless(page)
  })

  it('is text beside a film, in its notes and in both takes of a scene', async () => {
    const page = await visit(`/jobs/${studio.jobs.done}`)
    await page.locator('.note').first().waitFor()
    expect(await page.locator('.note').allInnerTexts()).toEqual(Array(2).fill(expect.stringContaining(HOSTILE)))
    await page.getByRole('button', { name: 'Render again' }).first().click()
    expect(await page.locator('.again textarea').inputValue()).toContain(HOSTILE)
    await page.getByRole('button', { name: /^Compare/ }).click()
    expect((await page.getByRole('dialog').innerText()).split(HOSTILE).length).toBeGreaterThan(2)
    await expectHarmless(page)
  })

  it('is text where a film begins: campaigns, files, addresses, and why they were refused', async () => {
    const page = await visit('/new')
    await page.getByLabel('Campaign', { exact: true }).locator('option').nth(1).waitFor({ state: 'attached' })
    expect(await page.getByLabel('Campaign', { exact: true }).locator('option').nth(1).textContent()).toBe(HOSTILE)
    const name = HOSTILE.replaceAll('/', '|')
    await page.getByLabel('Choose photos').setInputFiles([
      { name: `${name}.png`, mimeType: 'image/png', buffer: Buffer.from('no picture') },
      { name: `${name}.txt`, mimeType: 'text/plain', buffer: Buffer.from('no picture') },
    ])
    await page.getByText('From the web').click()
    await page.getByLabel(/^Addresses/).fill('javascript:alert(7)')
    await page.getByRole('button', { name: 'Fetch them' }).click()
    await expect.poll(() => page.locator('.refused').count(), { timeout: 20_000 }).toBe(2)
    const text = await shown(page)
    for (const part of [`${name}.png: `, 'javascript:alert(7): ']) expect(text).toContain(part)
    await expectHarmless(page)
  })

  it('is no address to go to after signing in', async () => {
    const page = await visit(`/sign-in?next=${encodeURIComponent('javascript:alert(8)//')}`)
    await page.getByLabel('Key', { exact: true }).fill(HOSTILE)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.locator('.problem:not(:empty)').waitFor()
    await expectHarmless(page)
  })

  it('would be told of, if it were run', async () => {
    const page = await visit('/')
    await page.locator('.job').first().waitFor()
    const run = (code: string) => page.evaluate(code).catch(() => null)
    await run(`document.querySelector('main').insertAdjacentHTML('beforeend', ${JSON.stringify(HOSTILE)})`)
    await run(`alert(9)`)
    await expect.poll(() => studio.faults.length).toBeGreaterThan(1)
    expect(studio.faults.splice(0).join('\n')).toMatch(/TrustedHTML[\s\S]*a dialog: 9|a dialog: 9[\s\S]*TrustedHTML/)
  })
})
