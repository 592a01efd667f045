/** The review studio in a real browser, against the whole of Greenlight: what people do there, and what they see. */
import { beforeAll, expect, it } from 'vitest'
import { CHROMIUM, inBrowser, inThisFile, startStudio } from './browser.ts'

if (!CHROMIUM) console.warn('The studio is not tested: no Chromium was found. Install it, or set CHROMIUM_PATH.')
const studio = inThisFile(startStudio)
let campaign: string
beforeAll(async () => {
  if (CHROMIUM) campaign = await studio.api.campaign(['chelsea.png', 'coffee.png', 'china.jpg'])
})

/** A job that waits for approval. */
async function pendingJob(more: object = {}): Promise<number> {
  const { body } = await studio.api.post('/jobs/from-image-pairs', {
    ...{ campaign_id: campaign, clip_duration: 4, num_pairs: 2, ...more },
  })
  return body.job_id
}
const stateOf = async (id: number) => (await studio.api.get(`/jobs/${id}`)).body

inBrowser('a film', () => {
  it('lets a failed job go on where it failed', async () => {
    studio.base.simulator.setFaults([{ times: 1, fault: { kind: 'status', status: 402 } }])
    const id = await pendingJob()
    await studio.api.post(`/jobs/${id}/approve`)
    const page = await studio.visit(`/jobs/${id}`)
    await page
      .getByText(/no credit left/)
      .first()
      .waitFor()
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
    await page.locator('.bar').getByText('version 3').waitFor()
    expect(await page.locator('[data-scene] h3').allTextContents()).toEqual([expect.any(String), 'The cat awakes'])
    await page.getByRole('button', { name: 'Drop scene 1' }).click()
    await page.getByRole('button', { name: 'Drop it' }).click()
    await page.locator('.bar').getByText('version 4').waitFor()
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
    await ben.locator('.bar').getByText('version 2').waitFor()

    await anna.getByRole('button', { name: /^Approve/ }).click()
    await ben.getByRole('button', { name: /^Approve/ }).click()
    await anna.getByRole('button', { name: /^Approve for/ }).click()
    await expect.poll(async () => (await stateOf(id)).decision?.decision).toBe('approved')
    await ben.getByRole('button', { name: /^Approve for/ }).click()
    await ben.getByText(/cannot be approved.*approved already, by/).waitFor()
  })
})

inBrowser('the board', () => {
  it('finds jobs, says when nothing matches, and lets new ones in when asked', async () => {
    const id = await pendingJob()
    const page = await studio.visit('/')
    await page.getByText(`#${id}`).waitFor()
    const later = await pendingJob()
    await page.getByRole('button', { name: /^\d+ new$/ }).click()
    await page.getByText(`#${later}`).waitFor()
    await page.getByLabel(/^Search by/).fill('nothing is called so')
    await page.getByRole('heading', { name: 'Nothing matches' }).waitFor()
    expect(new URL(page.url()).searchParams.get('q')).toBe('nothing is called so')
  })
})
