/** One film in the studio: its storyboard, its rendering, what people say of it, and what they make of it anew. */
import type { Page } from 'playwright-core'
import { beforeAll, expect, it } from 'vitest'
import {
  CHROMIUM,
  expectAccessible,
  inBrowser,
  inThisFile,
  startStudio,
  tabTo,
  takesKey,
  type Video,
} from './browser.ts'

const studio = inThisFile(() => startStudio({ TEMPORAL_UI_URL: 'https://temporal.example' }))
/** The job's id. */
let film: number
beforeAll(async () => {
  if (!CHROMIUM) return
  const campaign_id = await studio.api.campaign(['chelsea.png', 'coffee.png', 'china.jpg'])
  const { body } = await studio.api.post('/jobs/from-image-pairs', { campaign_id, clip_duration: 4, num_pairs: 2 })
  film = body.job_id
})

/** What has to be bought, made or put together first. */
const rendering = { timeout: 60_000 }

/** The film's page, with its film ready to be sought in. */
async function watch(): Promise<Page> {
  const page = await studio.visit(`/jobs/${film}`)
  await expect.poll(() => player(page).evaluate((video: Video) => video.readyState)).toBeGreaterThan(0)
  return page
}
const player = (page: Page) => page.locator('video#film')
const momentOf = (page: Page) => player(page).evaluate((video: Video) => video.currentTime)
const seek = (page: Page, seconds: number) =>
  player(page).evaluate((video: Video, at: number) => {
    video.currentTime = at
  }, seconds)
const notesOf = async () => (await studio.api.get(`/jobs/${film}/notes`)).body.data

const job = async () => (await studio.api.get(`/jobs/${film}`)).body

// In this order: the film is what the tests before have made of it.
inBrowser('a scene that two people edit at once', () => {
  it('has what each of them changed, and tells who comes second what the first did', async () => {
    const [anna, ben] = await Promise.all([studio.visit(`/jobs/${film}`), studio.visit(`/jobs/${film}`)])
    for (const page of [anna, ben]) await page.getByRole('button', { name: 'Edit' }).first().click()
    await anna.getByLabel('Prompt').fill('Along the shore')
    await anna.getByRole('button', { name: 'Save' }).click()
    await ben.getByText(/changed this scene meanwhile/).waitFor()
    await ben.getByRole('dialog').getByText('Along the shore').waitFor()
    await expectAccessible(ben)
    await ben.getByLabel('Title', { exact: true }).fill('The shore')
    await ben.getByRole('button', { name: 'Save' }).click()
    await anna.getByRole('heading', { name: 'The shore' }).waitFor()
    await anna.getByText(/changed the storyboard: it is version 3 now/).waitFor()
    expect((await job()).storyboard.scenes[0]).toMatchObject({ prompt: 'Along the shore', title: 'The shore' })
  })

  it('is copied, to be changed without a change of the first', async () => {
    const page = await studio.visit(`/jobs/${film}`)
    await page.getByRole('button', { name: 'Copy' }).click()
    await page.getByRole('heading', { name: 'Spring 2' }).waitFor()
    await page.getByRole('button', { name: 'Edit' }).first().click()
    await page.getByLabel('Title', { exact: true }).fill('Only in the copy')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: 'Only in the copy' }).waitFor()
    expect((await job()).storyboard.scenes[0].title).toBe('The shore')
  })
})

inBrowser('a film that is rendered', () => {
  it('says what each scene waits for, what was paid, why one failed, and what helps at which price', async () => {
    const match = { promptIncludes: 'Along the shore' }
    studio.base.simulator.setFaults([{ match, fault: { kind: 'fail', error: 'moderation' } }])
    await studio.api.post('/spending/pause', { by: 'Olga' })
    await studio.api.post(`/jobs/${film}/approve`)
    const page = await studio.visit(`/jobs/${film}`)
    await page
      .getByText(/Spending is paused by Olga.*Tried .+ so far, and again/)
      .first()
      .waitFor()
    await studio.api.post('/spending/resume')
    await page.getByText('2 attempts · $0.00').click(rendering)
    await page.getByText(/^Bought because attempt 1 ended as failed/).waitFor()
    await page.getByRole('button', { name: 'Edit and render again' }).waitFor()
    const { retry_cost } = await job()
    const price = retry_cost.toLocaleString('en-US', { style: 'currency', currency: 'USD' })
    expect(retry_cost).toBe((await studio.api.get(`/jobs/${film}/scenes`)).body.scenes[0].render_cost)
    await page.getByRole('button', { name: `Retry · at most ${price}` }).waitFor()
    await page.getByText('The workflow, for operators').click()
    const link = await page.getByRole('link', { name: 'Open it in Temporal' }).getAttribute('href')
    expect(link).toMatch(
      /^https:\/\/temporal\.example\/namespaces\/greenlight\/workflows\/video-job-\w+-\d+\/[\w-]+\/history$/,
    )
    await expectAccessible(page)

    await page.getByRole('button', { name: 'Edit and render again' }).click()
    await page.getByLabel('Prompt').fill('Along the quay')
    await page.getByRole('button', { name: `Render again · ${price}` }).click()
    await page.locator('video#film').waitFor(rendering)
    studio.base.simulator.reset()
  })
})

inBrowser('notes on a film', () => {
  it('pause it while they are typed, show at once to both who watch, lead back to their moment, and need no mouse', async () => {
    const said = 'The lamp should be <b onclick="alert(1)">lit</b> & warm'
    const [anna, ben] = await Promise.all([watch(), watch()])
    await seek(anna, 5)
    await player(anna).evaluate((video: Video) => {
      video.muted = true
      return video.play()
    })
    await expect.poll(() => momentOf(anna)).toBeGreaterThan(5)
    await anna.keyboard.press('n')
    await anna.keyboard.type(said)
    expect(await player(anna).evaluate((video: Video) => video.paused)).toBe(true)
    const at = await momentOf(anna)
    await anna.keyboard.press('Enter')
    await ben.locator('.said', { hasText: said }).waitFor()
    const [note] = await notesOf()
    expect(note).toMatchObject({ text: said, video_version: 1, resolved: false })
    expect(Math.abs(note.at_seconds - at)).toBeLessThan(0.5)

    // The film played on until the key was pressed.
    await tabTo(ben, new RegExp(`^0:0${Math.floor(note.at_seconds)}`))
    await ben.keyboard.press('Enter')
    await expect.poll(() => momentOf(ben)).toBeCloseTo(note.at_seconds, 2)
    expect(await ben.locator('.timeline .mark').count()).toBe(1)
    await expectAccessible(ben)
    await tabTo(ben, 'Resolve')
    await ben.keyboard.press('Enter')
    await anna.getByText(/done, says anyone/).waitFor()
    expect(await anna.locator('.timeline .mark').count()).toBe(0)
    await anna.getByRole('button', { name: 'Reopen' }).click()
    await ben.getByRole('button', { name: 'Resolve' }).waitFor()
    await tabTo(ben, 'Delete')
    await ben.keyboard.press('Enter')
    await ben.getByRole('dialog').waitFor()
    await expectAccessible(ben)
    // Enter alone keeps it.
    await ben.keyboard.press('Shift+Tab')
    await ben.keyboard.press('Enter')
    await anna.getByText('none on this version').waitFor()
  })

  it('are not lost when the server refuses them', async () => {
    const page = await watch()
    await page.route('**/notes', (route) =>
      route.request().method() === 'POST' ? route.fulfill({ status: 422, json: { error: 'Away' } }) : route.continue(),
    )
    await page.getByLabel(/^At 0:/).fill('Brighter')
    await page.getByRole('button', { name: 'Add the note' }).click()
    await page.getByText('Away').waitFor()
    expect(await page.getByLabel(/^At 0:/).inputValue()).toBe('Brighter')
    expect(await page.locator('.note', { hasText: 'Brighter' }).count()).toBe(0)
  })

  it('are found frame by frame, by the arrow keys on the line below it, which in the player are the browser’s', async () => {
    const page = await watch()
    await seek(page, 1)
    await player(page).focus()
    expect(await takesKey(page, 'ArrowUp')).toBe(false)
    await page.getByRole('slider', { name: 'Moment of the film' }).focus()
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowLeft', '.']) await page.keyboard.press(key)
    // From the frame at 1 s two on, in its middle.
    await expect.poll(() => momentOf(page)).toBeCloseTo(1 + 2.5 / 24, 3)
  })
})

inBrowser('a scene that is rendered again', () => {
  /** @param version of the film that is there then */
  const made = (page: Page, version: number) => page.getByText(`version ${version}`, { exact: true }).waitFor(rendering)

  it('is asked for by keyboard, compared with the take before, taken back for nothing, and brought again', async () => {
    const note = { at_seconds: 1, text: 'Make it dusk', by: 'Anna' }
    await studio.api.post(`/jobs/${film}/notes`, note)
    const [page, ben] = await Promise.all([watch(), watch()])
    await seek(ben, 3)
    const before = (await studio.api.get(`/jobs/${film}/scenes`)).body.scenes[0]
    const price = before.render_cost.toLocaleString('en-US', { style: 'currency', currency: 'USD' })
    await tabTo(page, 'Render again')
    await page.keyboard.press('Enter')
    await tabTo(page, 'Prompt')
    await page.keyboard.press('Control+A')
    await page.keyboard.type('The same, at dusk')
    await tabTo(page, `Render again · ${price}`)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Compare 2 takes' }).waitFor(rendering)
    await made(page, 2)
    await page.getByText('Take 2 is in the film.').waitFor()
    // Nobody is shown another film than the one that they are looking at.
    await ben.getByRole('button', { name: 'Show version 2' }).click()
    await made(ben, 2)
    await expect.poll(() => momentOf(ben)).toBeCloseTo(3, 1)
    await ben.context().close()
    // What was said of the first version is not said of this one.
    await page.getByText('Notes on other versions (1)').click()
    await page.locator('.note', { hasText: 'Make it dusk' }).filter({ hasText: 'version 1' }).waitFor()

    await page.getByRole('button', { name: 'Compare 2 takes' }).click()
    const dialog = page.getByRole('dialog')
    const cut = () => dialog.locator('.over').evaluate((over: { style: { clipPath: string } }) => over.style.clipPath)
    expect(await cut()).toContain('50%')
    await page.keyboard.press('1')
    expect(await cut()).toContain('100%')
    await page.keyboard.press('2')
    expect(await cut()).toMatch(/ 0%\)$/)
    await dialog.getByLabel('Left to right').fill('20')
    expect(await cut()).toContain('20%')
    await dialog.getByRole('button', { name: 'Side by side' }).click()
    expect(await cut()).toBe('none')
    await expectAccessible(page)

    const spent = (await job()).costs.actual
    await dialog.getByRole('button', { name: 'Use it instead · free' }).click()
    await made(page, 3)
    const scene = async () => (await studio.api.get(`/jobs/${film}/scenes`)).body.scenes[0]
    expect(await scene()).toMatchObject({ prompt: before.prompt, takes: [{ shown: true }, { shown: false }] })
    await page.locator('.alternatives').getByText('out of date').waitFor()
    await page.getByRole('button', { name: 'Undo: take 2 again · free' }).click()
    await made(page, 4)
    expect(await scene()).toMatchObject({ prompt: 'The same, at dusk', takes: [{ shown: false }, { shown: true }] })
    expect((await job()).costs.actual).toBe(spent)
    await expectAccessible(page)
  })

  it('is out of date while what was edited in it is not in the film', async () => {
    const match = { promptIncludes: 'A dragon' }
    studio.base.simulator.setFaults([{ match, fault: { kind: 'fail', error: 'No dragons here' } }])
    const page = await watch()
    await page.getByRole('button', { name: 'Render again', exact: true }).last().click()
    await page.locator('.again textarea').fill('A dragon')
    await page.getByRole('button', { name: /^Render again ·/ }).click()
    const scene = page.locator('[data-scene]').last()
    await scene.locator('.why', { hasText: 'No dragons here' }).waitFor(rendering)
    await scene.getByText('out of date').waitFor()
    expect((await job()).status).toBe('completed')
    studio.base.simulator.reset()
  })
})

inBrowser('the music of a film', () => {
  it('is added for the price that stands on the button, heard alone, and taken away', async () => {
    const page = await watch()
    await page.getByRole('button', { name: 'Add music · $0.14' }).click()
    const alone = page.getByLabel('The music alone')
    await alone.waitFor(rendering)
    await page.getByText('Music: 2 attempts · $0.14').click()
    await page.getByText('Scene 2, attempt 1').waitFor()
    for (const link of [
      await alone.getAttribute('src'),
      await page.getByText('Download the music').getAttribute('href'),
    ]) {
      const answer = await page.request.get(`${studio.greenlight.url}${link}`)
      expect([answer.status(), answer.headers()['content-type']]).toEqual([200, 'audio/mpeg'])
    }
    const film = await page.request.get(
      `${studio.greenlight.url}${await page.getByText('Download the film').getAttribute('href')}`,
    )
    expect([film.status(), film.headers()['content-type']]).toEqual([200, 'video/mp4'])
  })
})
