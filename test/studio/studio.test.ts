/** The review studio in a real browser, against the whole of Greenlight: what people do there, and what they see. */
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { PHOTOS } from '../support/stack.ts'
import { CHROMIUM, expectAccessible, type Studio, startStudio } from './browser.ts'

if (!CHROMIUM) console.warn('The studio is not tested: no Chromium was found. Install it, or set CHROMIUM_PATH.')
const inBrowser = describe.skipIf(!CHROMIUM)

let studio: Studio
let campaign: string
beforeAll(async () => {
  if (!CHROMIUM) return
  studio = await startStudio()
  campaign = await studio.api.campaign(['chelsea.png', 'coffee.png', 'china.jpg'])
})
afterAll(() => studio?.stop())
afterEach(() => expect(studio?.faults.splice(0) ?? []).toEqual([]))

/** As the browser has it: its types are not those of a test. */
interface Video {
  muted: boolean
  currentTime: number
  duration: number
  seeking: boolean
  play(): Promise<void>
}

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true }

/** A job that waits for approval. */
async function pendingJob(more: object = {}): Promise<number> {
  const { body } = await studio.api.post('/jobs/from-image-pairs', {
    ...{ campaign_id: campaign, clip_duration: 4, num_pairs: 2, ...more },
  })
  return body.job_id
}
const stateOf = async (id: number) => (await studio.api.get(`/jobs/${id}`)).body

inBrowser('a film', () => {
  it('takes a first-time user from the empty page to a playing film', async () => {
    const page = await studio.visit('/new')
    await page.getByLabel('Client').fill('ACME')
    await page.getByLabel('Name of the film or campaign').fill('Lake house')
    const photos = ['chelsea.png', 'coffee.png', 'flower.jpg'].map((name) => path.join(PHOTOS, name))
    await page.getByLabel('Choose photos').setInputFiles(photos)
    await page.getByText('3 photos').waitFor()
    await page.getByLabel('Music', { exact: true }).selectOption('None')
    await page.getByRole('button', { name: 'Make the storyboard' }).click()

    await page.getByRole('heading', { name: 'Lake house 1' }).waitFor()
    expect(await page.locator('[data-scene]').count()).toBe(2)
    await page.getByRole('button', { name: /^Approve/ }).click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Approve for/ })
      .click()
    const film = page.locator('video#film')
    await film.waitFor({ timeout: 60_000 })
    await film.evaluate((video: Video) => {
      video.muted = true
      return video.play()
    })
    await expect.poll(() => film.evaluate((video: Video) => video.currentTime)).toBeGreaterThan(0.3)
    // Seeking takes ranges.
    await film.evaluate((video: Video) => {
      video.currentTime = video.duration - 1
    })
    await expect.poll(() => film.evaluate((video: Video) => video.seeking)).toBe(false)
    await expectAccessible(page)
  })

  it('brings a finished scene again, and compares before with after', async () => {
    const id = await pendingJob()
    await studio.api.post(`/jobs/${id}/approve`)
    await studio.api.ended(id)
    const page = await studio.visit(`/jobs/${id}`)
    await page.getByRole('button', { name: 'Render again', exact: true }).first().click()
    await page.locator('.again textarea').fill('The same, at dusk')
    await page.getByRole('button', { name: /^Render again ·/ }).click()
    await page.getByRole('button', { name: 'Compare 2 takes' }).click({ timeout: 60_000 })
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Left to right').fill('20')
    expect(
      await dialog.locator('.over').evaluate((video: { style: { clipPath: string } }) => video.style.clipPath),
    ).toContain('20%')
    await expectAccessible(page)
  })

  it('lets a failed job go on where it failed', async () => {
    studio.base.simulator.setFaults([{ times: 1, fault: { kind: 'status', status: 402 } }])
    const id = await pendingJob()
    await studio.api.post(`/jobs/${id}/approve`)
    const page = await studio.visit(`/jobs/${id}`)
    await page
      .getByText(/no credit left/)
      .first()
      .waitFor()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Retry' }).click()
    await page.locator('video#film').waitFor({ timeout: 60_000 })
    studio.base.simulator.reset()
  })
})

inBrowser('a storyboard', () => {
  it('is edited, put in another order, shortened and approved as it was seen', async () => {
    const id = await pendingJob()
    const page = await studio.visit(`/jobs/${id}`)
    await page.getByRole('button', { name: 'Edit' }).first().click()
    await page.getByLabel('Title', { exact: true }).fill('The cat awakes')
    await page.getByLabel('Into the next scene').selectOption('crossfade')
    await page.getByLabel('price').fill('€ 480,000')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: 'The cat awakes' }).waitFor()
    await page.getByText('crossfade 0.5 s').waitFor()
    await page.getByRole('button', { name: 'Move scene 1 later' }).click()
    await page.getByText('version 3').waitFor()
    expect(await page.locator('[data-scene] h3').allTextContents()).toEqual([expect.any(String), 'The cat awakes'])
    await page.getByRole('button', { name: 'Drop scene 1' }).click()
    await page.getByRole('button', { name: 'Drop it' }).click()
    await page.getByText('version 4').waitFor()
    await expectAccessible(page)
    const { storyboard } = await stateOf(id)
    expect(storyboard.scenes).toMatchObject([
      { title: 'The cat awakes', transition: 'crossfade', overlays: [{ kind: 'price', text: '€ 480,000' }] },
    ])
    await page.getByRole('button', { name: /^Approve/ }).click()
    await page.getByRole('button', { name: /^Approve for/ }).click()
    await expect.poll(async () => (await stateOf(id)).decision?.decision).toBe('approved')
  })

  it('is rejected with a reason by keyboard alone', async () => {
    const id = await pendingJob()
    const page = await studio.visit('/')
    await page.getByText(`#${id}`).waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Reject' }).waitFor()
    await page.keyboard.press('?')
    await page.getByRole('dialog').getByText('Back to the board').waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('r')
    await page.keyboard.type('The wrong kitchen')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page
      .getByText(/Rejected by .*: The wrong kitchen/)
      .first()
      .waitFor()
    expect(await stateOf(id)).toMatchObject({ status: 'failed', current_stage: 'rejected' })
  })

  it('shows two people what the other does, and tells the second who was first', async () => {
    const id = await pendingJob()
    const [anna, ben] = await Promise.all([studio.visit(`/jobs/${id}`), studio.visit(`/jobs/${id}`)])
    await ben.getByRole('button', { name: /^Approve/ }).waitFor()
    await anna.getByRole('button', { name: 'Move scene 1 later' }).click()
    await ben.getByText('version 2').waitFor()

    await anna.getByRole('button', { name: /^Approve/ }).click()
    await ben.getByRole('button', { name: /^Approve/ }).click()
    await anna.getByRole('button', { name: /^Approve for/ }).click()
    await expect.poll(async () => (await stateOf(id)).decision?.decision).toBe('approved')
    await ben.getByRole('button', { name: /^Approve for/ }).click()
    await ben.getByText(/cannot be approved.*approved already, by/).waitFor()
  })

  it('shows text as text, whatever it says', async () => {
    const hostile = '<img src=x onerror="document.title=1"><script>document.title=2</script>{{1}}\'"&'
    const id = await pendingJob()
    const [scene] = (await stateOf(id)).storyboard.scenes
    const fields = ['title', 'prompt', 'caption', 'music_description', 'scene_type', 'camera_movement']
    const edit = Object.fromEntries(fields.map((field) => [field, hostile]))
    const overlays = [{ kind: 'title', text: hostile }]
    const edited = await studio.api.patch(`/jobs/${id}/scenes/${scene.id}`, { ...edit, overlays })
    expect(edited.status).toBe(200)
    const page = await studio.visit(`/jobs/${id}`)
    await page.getByRole('heading', { name: hostile }).waitFor()
    await page.getByRole('button', { name: 'Edit' }).first().click()
    expect(await page.getByLabel('Prompt').inputValue()).toBe(hostile)
    expect(await page.locator('script:not([src]), img[src="x"]').count()).toBe(0)
    expect(await page.title()).not.toMatch(/^[12]$/)
  })
})

inBrowser('the board', () => {
  it('finds jobs, says when nothing matches, and lets new ones in when asked', async () => {
    const id = await pendingJob()
    const page = await studio.visit('/')
    await page.getByText(`#${id}`).waitFor()
    await expectAccessible(page)
    const later = await pendingJob()
    await page.getByRole('button', { name: /^\d+ new$/ }).click()
    await page.getByText(`#${later}`).waitFor()
    await page.getByLabel(/^Search/).fill('nothing is called so')
    await page.getByRole('heading', { name: 'Nothing matches' }).waitFor()
    expect(new URL(page.url()).searchParams.get('q')).toBe('nothing is called so')
  })

  it('loses no event when its connection is cut and comes back', async () => {
    const id = await pendingJob()
    const page = await studio.visit(`/jobs/${id}`)
    await page.getByText('version 1').waitFor()
    await page.context().setOffline(true)
    const [first, second] = (await stateOf(id)).storyboard.scenes
    await studio.api.put(`/jobs/${id}/storyboard`, { scenes: [{ id: second.id }, { id: first.id }] })
    await page.context().setOffline(false)
    await page.getByText('version 2').waitFor()
  })

  it('fits a phone', async () => {
    const id = await pendingJob()
    for (const at of ['/', '/new', `/jobs/${id}`]) {
      const page = await studio.visit(at, PHONE)
      await page.locator('main h1').waitFor()
      const width = await page.evaluate<number>('document.documentElement.scrollWidth')
      expect(width, at).toBeLessThanOrEqual(390)
      await expectAccessible(page)
      await page.context().close()
    }
  })
})
