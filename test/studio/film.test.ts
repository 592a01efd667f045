/** A finished film in the studio: what people say of it, and what they make of it anew. One film for all of it. */
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { CHROMIUM, expectAccessible, type Studio, startStudio } from './browser.ts'

const inBrowser = describe.skipIf(!CHROMIUM)

let studio: Studio
/** The job's id. */
let film: number
beforeAll(async () => {
  if (!CHROMIUM) return
  studio = await startStudio()
  const campaign_id = await studio.api.campaign(['chelsea.png', 'coffee.png', 'china.jpg'])
  const { body } = await studio.api.post('/jobs/from-image-pairs', { campaign_id, clip_duration: 4, num_pairs: 2 })
  film = body.job_id
  await studio.api.post(`/jobs/${film}/approve`)
  await studio.api.ended(film)
})
afterAll(() => studio?.stop())
afterEach(() => expect(studio?.faults.splice(0) ?? []).toEqual([]))

/** As the browser has it: its types are not those of a test. */
interface Video {
  muted: boolean
  paused: boolean
  currentTime: number
  readyState: number
  play(): Promise<void>
}

/** Looks until it is so: a busy machine takes its time. */
const soon = { timeout: 20_000 }

/** The film's page, with its film ready to be sought in. */
async function watch(): Promise<Page> {
  const page = await studio.visit(`/jobs/${film}`)
  await expect.poll(() => player(page).evaluate((video: Video) => video.readyState), soon).toBeGreaterThan(0)
  return page
}
const player = (page: Page) => page.locator('video#film')
const momentOf = (page: Page) => player(page).evaluate((video: Video) => video.currentTime)
const seek = (page: Page, seconds: number) =>
  player(page).evaluate((video: Video, at: number) => {
    video.currentTime = at
  }, seconds)
const notesOf = async () => (await studio.api.get(`/jobs/${film}/notes`)).body.data

inBrowser('notes on a film', () => {
  it('pause it while they are typed, show at once to both who watch, and lead back to their moment', async () => {
    const [anna, ben] = await Promise.all([watch(), watch()])
    await seek(anna, 5)
    await player(anna).evaluate((video: Video) => {
      video.muted = true
      return video.play()
    })
    await expect.poll(() => momentOf(anna), soon).toBeGreaterThan(5)
    await anna.keyboard.press('n')
    await anna.keyboard.type('The lamp should be lit')
    expect(await player(anna).evaluate((video: Video) => video.paused)).toBe(true)
    const at = await momentOf(anna)
    await anna.keyboard.press('Enter')
    await ben.locator('.said', { hasText: 'The lamp should be lit' }).waitFor()
    const [note] = await notesOf()
    expect(note).toMatchObject({ text: 'The lamp should be lit', video_version: 1, resolved: false })
    expect(Math.abs(note.at_seconds - at)).toBeLessThan(0.5)

    await ben.getByRole('button', { name: /^Go to 0:05/ }).click()
    await expect.poll(() => momentOf(ben), soon).toBeCloseTo(note.at_seconds, 2)
    expect(await ben.locator('.timeline .mark').count()).toBe(1)
    await expectAccessible(ben)
    await ben.getByRole('button', { name: 'Resolve' }).click()
    await anna.getByText(/done, says anyone/).waitFor()
    expect(await anna.locator('.timeline .mark').count()).toBe(0)
    await anna.getByRole('button', { name: 'Reopen' }).click()
    await ben.getByRole('button', { name: 'Resolve' }).waitFor()
    await ben.getByRole('button', { name: 'Delete' }).click()
    await ben.getByRole('button', { name: 'Delete it' }).click()
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

  it('are found frame by frame, by the arrow keys in the player', async () => {
    const page = await watch()
    await seek(page, 1)
    await player(page).focus()
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowLeft', '.']) await page.keyboard.press(key)
    // From the frame at 1 s two on, in its middle.
    await expect.poll(() => momentOf(page), soon).toBeCloseTo(1 + 2.5 / 24, 3)
  })
})
