/** Whatever people, files and providers write, the studio shows it as text: in every field, on every page. */
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { CHROMIUM, inBrowser, inThisFile, PHONE } from './browser.ts'
import { startEveryState } from './every-state.ts'
import { createTyping } from './text-fields.ts'

/** As markup, as an attribute's end, as an address, as a template's hole, as a turn of direction, as a word without end. */
const HOSTILE = [
  '<script>ran++</script>',
  '"><img src=x onerror=ran++,alert(2)>',
  "'><svg onload=ran++>",
  'javascript:alert(4)',
  `\${alert(5)}{{constructor.constructor('ran++')()}}`,
  '</textarea></title><b>&amp;',
  '\u202Etxet\u2066',
].join(' ')
const WORD = 'W'.repeat(240)
/** Every control character but NUL, which no text keeps, and line ends, which a line does not have. */
const CONTROLS = Array.from({ length: 0xa0 }, (_, code) => String.fromCharCode(code))
  .filter((sign) => /\p{Cc}/u.test(sign) && !'\0\n\r'.includes(sign))
  .join('')
/** As much as the API takes of the longest text. */
const LONGEST = 10_000
// In words for the most part: a browser takes seconds to break a single one of thousands of letters.
const ALL = `${HOSTILE} ${CONTROLS} ${WORD} ${'and so on '.repeat(LONGEST / 10)}`
const typing = createTyping((most) => ALL.slice(0, most), LONGEST)

/** Counts what ran, and says aloud what the policy stopped. */
const WATCH = `globalThis.ran = 0
  addEventListener('securitypolicyviolation', ({ violatedDirective }) => console.error('stopped: ' + violatedDirective))`

// Scripts that ran, dialogs that came up, and what the Content-Security-Policy had to stop.
const studio = inThisFile(() => startEveryState({ name: HOSTILE, text: `${HOSTILE} ${WORD}` }))
// One person with many tabs: what all pages have in common is read once.
let first: Page
beforeAll(async () => {
  if (CHROMIUM) first = await studio.visit('/api/openapi.json', PHONE, WATCH)
})
let page: Page
const visit = async (path: string) => {
  await page?.close()
  page = await studio.tab(first, path)
}
afterAll(() => page?.close())

/** Nothing of it became an element, a link or an address, nothing ran, and nothing made the page wider than the screen. */
async function expectHarmless(): Promise<void> {
  const found = await page.evaluate(`({
    ran,
    elements: document.querySelectorAll(':is(main, dialog) :is(script, b b, svg[onload]), [onerror], [onload], img[src="x"]').length,
    addresses: [...document.querySelectorAll('[href], [src]')]
      .map((element) => element.href?.baseVal ?? element.href ?? element.src)
      .filter((address) => !/^(https?|blob):/.test(address)),
    width: document.documentElement.scrollWidth,
  })`)
  expect(found).toEqual({ ran: 0, elements: 0, addresses: [], width: PHONE.viewport.width })
}

const shown = () => page.locator('body').innerText()
const button = (name: string | RegExp) => page.getByRole('button', { name }).first()

/** What was typed stands there, letter by letter. @param ids of the fields */
async function expectShown(values: Map<string, string>, ids: string[]): Promise<void> {
  const all = () => page.evaluate<string>(`document.querySelector('main').textContent`)
  for (const id of ids) {
    const value = values.get(id)?.trim()
    expect(value, id).toContain(HOSTILE)
    // That it is saved is told before it is drawn anew.
    const message = `what was typed into ${id} is shown`
    await expect.poll(async () => (await all()).includes(value ?? ''), { message }).toBe(true)
  }
}

const SCENE = ['title', 'scene_type', 'prompt', 'on-title', 'on-price', 'on-call_to_action', 'caption', 'voice_over']
const ofScene = [...SCENE, 'music_description'].map((name) => `scene-${name}`)

inBrowser('text that is typed', () => {
  it('into all that describes a new film is text there, in its storyboard, and on the board', async () => {
    await visit('/new')
    await page.getByLabel('Campaign', { exact: true }).locator('option').nth(1).waitFor({ state: 'attached' })
    expect(await page.getByLabel('Campaign', { exact: true }).locator('option').nth(1).textContent()).toBe(HOSTILE)
    const name = HOSTILE.replaceAll('/', '|')
    const photo = await sharp({ create: { width: 8, height: 6, channels: 3, background: 'teal' } })
      .png()
      .toBuffer()
    const as = (type: string, buffer: Buffer, n: number) => ({
      name: `${n}${name}.${type}`,
      mimeType: `image/${type}`,
      buffer,
    })
    await page
      .getByLabel('Choose photos')
      .setInputFiles([as('png', photo, 1), as('png', photo, 2), as('png', Buffer.from('no picture'), 3)])
    await page.getByText(/^About \$/).waitFor()

    for (const summary of await page.locator('summary').all()) await summary.click()
    await page.getByLabel('A tour of a property').check()
    const values = await typing.typeInto(page)
    await page.getByLabel('From a brief').check()
    for (const [id, value] of await typing.typeInto(page, 'main', values.keys())) values.set(id, value)
    await typing.expectAllTyped(page)
    await expectHarmless()

    await button('Fetch them').click()
    await page.getByText(/“<script>ran\+\+<\/script>”.*no address/).waitFor()
    await button('Make the storyboard').click()
    await page.locator('[data-scene]').first().waitFor()
    await expectShown(values, ['campaign', 'title', 'price', 'call_to_action'])
    expect(await page.title()).toContain(HOSTILE)
    await expectHarmless()
    const job = await studio.api.db.job.findFirstOrThrow({
      orderBy: { id: 'desc' },
      include: { campaign: true, client: true },
    })
    expect({ ...job.campaign, client: job.client.name }).toMatchObject(
      Object.fromEntries(['goal', 'brief', 'client'].map((id) => [id, values.get(id)?.trim()])),
    )
    expect(job.settings).toMatchObject({
      style: values.get('style')?.trim(),
      musicGenre: values.get('music_genre')?.trim(),
    })
    await page.goto(`${studio.api.url}/?view=all`)
    await page.locator('.job').first().waitFor()
    await expectShown(values, ['campaign'])
  })

  it('into a scene, into a new one and into a rejection is text in the storyboard and on the board', async () => {
    const { id } = await studio.api.job()
    await visit(`/jobs/${id}`)
    await button('Edit').click()
    await page.locator('#scene-form img').first().waitFor()
    const values = await typing.typeInto(page, '#scene-form')
    await typing.expectAllTyped(page)
    await expectHarmless()
    await button('Save').click()
    await page.getByText('Saved.').waitFor()
    await expectShown(values, ofScene)
    await button('Add a scene').click()
    const added = await typing.typeInto(page, '#scene-form')
    await page.locator('#scene-form [name="picture-0"]').first().check()
    await button('Add the scene').click()
    await page.getByText('Added at the end.').waitFor()
    await expectShown(added, ofScene)
    await expectHarmless()
    await button('Reject').click()
    const said = await typing.typeInto(page, 'dialog')
    await expectHarmless()
    await page.getByRole('dialog').getByRole('button', { name: 'Reject' }).click()
    await page.getByText('Rejected.').waitFor()
    await expectShown(said, ['said'])
    await expectHarmless()
    await page.goto(`${studio.api.url}/?view=failed`)
    await page.locator('.job').first().waitFor()
    await expectShown(said, ['said'])
    await expectHarmless()
  })

  it('of a film, and into what is rendered again, is text beside it and in its captions', async () => {
    await visit(`/jobs/${studio.jobs.done}`)
    await page.locator('.note').first().waitFor()
    expect(await page.locator('.note').allInnerTexts()).toEqual(Array(2).fill(expect.stringContaining(HOSTILE)))
    await button('Render again').click()
    expect(await page.locator('.again textarea').inputValue()).toContain(HOSTILE)
    const values = await typing.typeInto(page)
    await typing.expectAllTyped(page)
    await button('Add the note').click()
    await page.locator('.note').nth(2).waitFor()
    await expectShown(values, ['note'])
    await button(/^Render again ·/).click()
    await page.getByText('new take').waitFor()
    const caption = () => page.evaluate(`document.querySelector('track').track.cues?.[0]?.getCueAsHTML().textContent`)
    await expect.poll(caption).toBe(HOSTILE.replace(/[\u202E\u2066]/g, ''))
    await button(/^Compare/).click()
    expect((await page.getByRole('dialog').innerText()).split(HOSTILE).length).toBeGreaterThan(2)
    await expectHarmless()
  })

  it('into the prompt of a scene that failed, and in the reason why, is text', async () => {
    await visit(`/jobs/${studio.jobs.failed}`)
    await page.locator('[data-scene]').first().waitFor()
    await expect.poll(shown).toContain(HOSTILE)
    await button('Edit and render again').click()
    await typing.typeInto(page)
    await typing.expectAllTyped(page)
    await expectHarmless()
    await button(/^Render again ·/).click()
    await page.getByText('It goes on, with that scene as you have it now.').waitFor()
    await expectHarmless()
  })

  it('to search for it is text on the board, in its address and among whose jobs are shown', async () => {
    await visit('/?view=all')
    await page.locator('.job').first().waitFor()
    await expect.poll(shown).toContain(HOSTILE)
    await button(/^Of which client/).click()
    await page.locator('#owners button').nth(1).waitFor()
    await typing.typeInto(page, '#owners')
    await page.getByText('No client or campaign is called so.').waitFor()
    await expectHarmless()
    await page.keyboard.press('Escape')
    await typing.typeInto(page, 'main', ['owner'])
    await typing.expectAllTyped(page)
    await page.getByLabel(/^Search by/).fill(`${HOSTILE}!`)
    await page.getByText('Nothing matches').waitFor()
    await expect.poll(shown).toContain(`“${HOSTILE}!`)
    await page.reload()
    await page.getByText('Nothing matches').waitFor()
    await expectHarmless()
  })

  it('as a key is refused, and nothing to go to after signing in', async () => {
    await visit(`/sign-in?next=${encodeURIComponent('javascript:alert(8)//')}`)
    await button('Sign in').waitFor()
    await typing.typeInto(page)
    await typing.expectAllTyped(page)
    await button('Sign in').click()
    await page.locator('.problem:not(:empty)').waitFor()
    await expectHarmless()
  })

  it('was typed into every field that takes text, wherever the studio has one', async () => {
    expect(await typing.untypedInSource()).toEqual([])
  })
})

inBrowser('text from elsewhere', () => {
  it('is text in the form of a scene, and in the questions about a storyboard', async () => {
    await visit(`/jobs/${studio.jobs.pending}`)
    await page.locator('[data-scene]').first().waitFor()
    expect((await shown()).split(HOSTILE).length).toBeGreaterThan(15)
    await button('Edit').click()
    await page.locator('#scene-form img').first().waitFor()
    for (const label of ['Title', 'Type', 'Prompt', 'Caption', 'Spoken over it', 'Music', 'price']) {
      expect(await page.getByLabel(label, { exact: true }).inputValue(), label).toContain(HOSTILE)
    }
    expect(await page.locator('#scene-form img').first().getAttribute('alt')).toBe(HOSTILE)
    await page.keyboard.press('Escape')
    for (const opens of [/^Approve/, 'Drop scene 1']) {
      await button(opens).click()
      expect(await page.getByRole('dialog').innerText()).toContain(HOSTILE)
      await page.keyboard.press('Escape')
    }
    await expectHarmless()
  })

  it('is text where a job is rendering, rejected or canceled', async () => {
    for (const state of ['rendering', 'rejected', 'canceled'] as const) {
      await visit(`/jobs/${studio.jobs[state]}`)
      await page.locator('[data-scene]').first().waitFor()
      expect(await shown(), state).toContain(HOSTILE)
      await expectHarmless()
    }
  })

  it('is text where a file or an address is refused', async () => {
    await visit('/new')
    await page.getByLabel('Campaign', { exact: true }).waitFor()
    const name = HOSTILE.replaceAll('/', '|')
    await page.getByLabel('Choose photos').setInputFiles([
      { name: `${name}.png`, mimeType: 'image/png', buffer: Buffer.from('no picture') },
      { name: `${name}.txt`, mimeType: 'text/plain', buffer: Buffer.from('no picture') },
    ])
    await page.getByText('From the web').click()
    await page.getByLabel(/^Addresses/).fill('javascript:alert(7)')
    await button('Fetch them').click()
    await page.locator('.refused').waitFor()
    const text = await shown()
    for (const part of [`${name}.png: `, '“javascript:alert(7)”: ']) expect(text).toContain(part)
    await expectHarmless()
  })

  it('would be told of, if it were run', async () => {
    await visit('/')
    await page.locator('.job').first().waitFor()
    const run = (code: string) => page.evaluate(code).catch(() => null)
    await run(`document.querySelector('main').insertAdjacentHTML('beforeend', ${JSON.stringify(HOSTILE)})`)
    await run(`alert(9)`)
    await expect.poll(() => studio.faults.length).toBeGreaterThan(2)
    const told = studio.faults.splice(0).join('\n')
    for (const fault of ['TrustedHTML', 'a dialog: 9', 'stopped: require-trusted-types-for'])
      expect(told).toContain(fault)
  })
})
