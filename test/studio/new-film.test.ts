/** Photos that come in by every way there is, and become a storyboard. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Page, Route } from 'playwright-core'
import { expect, it } from 'vitest'
import { wav } from '../api/sample-files.ts'
import { PHOTOS } from '../support/stack.ts'
import { inBrowser, inThisFile, PHONE } from './browser.ts'
import { startEveryState } from './every-state.ts'

const studio = inThisFile(() => startEveryState({ name: 'Lakeside', text: 'A house by the lake' }))

/** Hands files to the page as a browser does that were dropped or copied. @param event made of them, as JavaScript */
async function carry(page: Page, names: string[], event: string): Promise<void> {
  const files = await Promise.all(
    names.map(async (name) => ({ name, base64: (await readFile(path.join(PHOTOS, name))).toString('base64') })),
  )
  await page.evaluate(`(() => {
    const carried = new DataTransfer()
    for (const { name, base64 } of ${JSON.stringify(files)}) {
      const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0))
      carried.items.add(new File([bytes], name, { type: 'image/jpeg' }))
    }
    document.querySelector('.drop').dispatchEvent(${event})
  })()`)
}

const focused = (page: Page) => page.evaluate<string>(`document.activeElement.getAttribute('aria-label')`)

inBrowser('a new film', () => {
  it('takes photos that are dropped, pasted and chosen, shows them on their way, and names what they are for', async () => {
    const page = await studio.visit('/new')
    await page.getByLabel('Campaign', { exact: true }).waitFor()
    let carryOn = () => {}
    const held = new Promise<void>((resolve) => (carryOn = resolve))
    await page.route('**/api/v3/assets', async (route) => {
      await held
      await route.continue()
    })
    await carry(page, ['china.jpg', 'flower.jpg'], `new DragEvent('drop', { dataTransfer: carried, bubbles: true })`)
    await expect.poll(() => page.getByRole('progressbar').count()).toBe(2)
    expect(await page.getByRole('button', { name: 'Sending photos…' }).isDisabled()).toBe(true)
    await page.getByRole('link', { name: 'Board' }).click()
    await page.getByText('Files are on their way, and would not arrive.').waitFor()
    await page.getByRole('button', { name: 'Wait for them' }).click()
    await carry(page, ['rocket.jpg'], `new ClipboardEvent('paste', { clipboardData: carried, bubbles: true })`)
    await expect.poll(() => page.getByRole('progressbar').count()).toBe(3)
    carryOn()
    await page.getByText('3 photos, about 8 s of film.').waitFor()
    await page.getByText('About $1.74 for 2 scenes').waitFor()

    await page.getByRole('button', { name: 'Take flower.jpg out of the film' }).click()
    await page.getByText('About $0.87 for 1 scene').waitFor()
    expect(await focused(page)).toBe('Take rocket.jpg out of the film')
    await page.getByRole('button', { name: 'Move rocket.jpg earlier' }).click()
    expect(await focused(page)).toBe('Move rocket.jpg later')
    await page.getByRole('button', { name: 'Take china.jpg out of the film' }).click()
    await page.getByText('1 of 2 photos').waitFor()
    await page.getByRole('button', { name: 'Put back china.jpg' }).click()
    await page.getByText('About $0.87 for 1 scene').waitFor()
    const order = () => page.locator('.tile img').evaluateAll((photos) => photos.map(({ alt }: { alt: string }) => alt))
    for (const names of [
      ['china.jpg', 'rocket.jpg'],
      ['rocket.jpg', 'china.jpg'],
    ]) {
      await page.locator('.tile').first().dragTo(page.locator('.tile').last())
      await expect.poll(order).toEqual(names)
    }

    await page.getByLabel('Client').fill('Harbour Homes')
    await page.getByLabel('Name of the film or campaign').fill('By the harbour')
    await page.getByLabel('Model').selectOption('hailuo-02')
    await page.getByText('About $0.34 for 1 scene').waitFor()
    await page.getByLabel('Music', { exact: true }).selectOption('None')
    await page.getByText('About $0.27 for 1 scene').waitFor()
    await page.getByLabel('A draft first: $0.18 in place of $0.27').check()
    await page.getByText('About $0.18 for a draft of 1 scene').waitFor()
    await page.getByRole('button', { name: 'Make the storyboard' }).click()
    await page.getByRole('heading', { name: 'By the harbour 1' }).waitFor()

    const job = await studio.api.db.job.findFirstOrThrow({ orderBy: { id: 'desc' }, include: { client: true } })
    expect(job.client.name).toBe('Harbour Homes')
    expect(job.settings).toMatchObject({
      ...{ videoModel: 'hailuo-02', quality: 'draft' },
      clipDuration: 6,
      sceneCount: 1,
      music: { auto: false },
    })
    const photos = await studio.api.db.asset.findMany({ where: { campaignId: job.campaignId } })
    expect(photos.map(({ name }) => name).sort()).toEqual(['china.jpg', 'flower.jpg', 'rocket.jpg'])
    const nameOf = (id: unknown) => photos.find((photo) => photo.id === id)?.name
    const { assetIds } = job.settings as { assetIds: string[] }
    expect(assetIds.map(nameOf)).toEqual(['rocket.jpg', 'china.jpg'])
    expect(new Set(photos.map(({ clientId }) => clientId))).toEqual(new Set([job.clientId]))
  })

  it('that is a draft is rendered in full quality for the price that stands on the button', async () => {
    const { id, settings } = await studio.api.db.job.findUniqueOrThrow({ where: { id: studio.jobs.done } })
    const draft = { ...(settings as object), quality: 'draft' }
    await studio.api.db.job.update({ where: { id }, data: { settings: draft } })
    const page = await studio.visit(`/jobs/${id}`)
    await page.getByRole('button', { name: 'Render in full quality · $2.40' }).click()
    await page.getByRole('button', { name: 'Render for $2.40' }).click()
    await page.getByText('It is rendered in full quality: queued').waitFor()
    expect(await studio.api.db.revision.findFirst({ where: { jobId: id } })).toMatchObject({ kind: 'finalize' })
  })

  it('stays when a photo is dropped beside the place for it', async () => {
    const page = await studio.visit('/new')
    await page.getByLabel('Campaign', { exact: true }).waitFor()
    const goesOn = `document.body.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true }))`
    expect(await page.evaluate(goesOn)).toBe(false)
    await page.getByRole('link', { name: 'Board' }).click()
    await page.locator('.job').first().waitFor()
    expect(await page.evaluate(goesOn)).toBe(true)
  })

  it('says what is missing, and fetches addresses that are pasted', async () => {
    const page = await studio.visit('/new')
    await page.getByLabel('Campaign', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Make the storyboard' }).click()
    await page.getByText('Add photos first: two at least.').waitFor()
    const asked = page.waitForRequest('**/api/v3/assets/from-url')
    await page.evaluate(`(() => {
      const clipboardData = new DataTransfer()
      clipboardData.setData('text', 'http://127.0.0.1:9/inward.jpg')
      dispatchEvent(new ClipboardEvent('paste', { clipboardData }))
    })()`)
    expect((await asked).postDataJSON()).toMatchObject({ source_url: 'http://127.0.0.1:9/inward.jpg' })
    await page.locator('.refused').waitFor()
    await page.getByRole('button', { name: /^Remove/ }).click()
    await expect.poll(() => page.locator('.refused').count()).toBe(0)

    await page.route('**/api/v3/assets', (route) => route.abort('connectionrefused'), { times: 1 })
    await page.getByLabel('Choose photos').setInputFiles(path.join(PHOTOS, 'china.jpg'))
    await page.getByText('china.jpg: The server can not be reached').waitFor()
    await page.getByRole('button', { name: 'Try again: china.jpg' }).click()
    await page.getByText('1 of 2 photos').waitFor()
    expect(await page.locator('.refused').count()).toBe(0)
  })

  it('tours what there is to see, with music that somebody brings', async () => {
    const page = await studio.visit('/new')
    await page.getByLabel('Campaign', { exact: true }).selectOption('Lakeside')
    await page.getByLabel('A tour of a property').check()
    await page.getByText('About $2.61 for 3 scenes').waitFor()
    await page.getByLabel('bathroom').uncheck()
    await page.getByLabel(/^What else/).fill('Garden,  wine cellar ,')
    await page.getByLabel('Scenes', { exact: true }).selectOption('2')
    await page.getByText('Perhaps not every photo is seen: 3 scenes show each.').waitFor()
    await page.getByLabel('Music', { exact: true }).selectOption('My own')
    await page.getByRole('button', { name: 'Make the storyboard' }).click()
    await page.getByText('Choose the sound of your own').waitFor()
    await page
      .getByLabel('Choose a sound')
      .setInputFiles({ name: 'waltz.wav', mimeType: 'audio/wav', buffer: await wav() })
    await page.getByText('♪ waltz.wav').waitFor()
    await page.getByText('About $1.60 for 2 scenes').waitFor()
    await page.getByRole('button', { name: 'Make the storyboard' }).click()
    await page.getByRole('heading', { name: 'Storyboard' }).waitFor()
    const job = await studio.api.db.job.findFirstOrThrow({ orderBy: { id: 'desc' } })
    const sound = await studio.api.db.asset.findFirstOrThrow({ where: { name: 'waltz.wav' } })
    const propertyTypes = ['exterior', 'interior', 'kitchen', 'bedroom', 'living_room', 'garden', 'wine_cellar']
    expect(job.settings).toMatchObject({ propertyTypes, sceneCount: 2, music: { auto: false, assetId: sound.id } })
  })

  it('is made from a brief and approved on a phone', async () => {
    const page = await studio.visit('/new', PHONE)
    let come = () => {}
    const held = new Promise<void>((resolve) => (come = resolve))
    await page.route('**/api/v3/assets?*', async (route) => {
      await held
      await route.continue()
    })
    await page.getByLabel('Campaign', { exact: true }).selectOption('Lakeside')
    // One that is added before those of the campaign are there comes after them.
    await page.getByLabel('Choose photos').setInputFiles(path.join(PHOTOS, 'china.jpg'))
    await page.getByText('1 of 2 photos').waitFor()
    come()
    await page.getByText('About $2.61 for 3 scenes').waitFor()
    expect(await page.locator('.tile img').last().getAttribute('alt')).toBe('china.jpg')
    await page.getByText('From a brief').tap()
    await page.getByLabel('The brief').fill('For families who look for a quiet house')
    await page.getByText('About $3.48 for 4 scenes').waitFor()
    const before = await studio.api.db.job.count()
    const lost = async (route: Route) => {
      await route.fetch()
      await route.abort('connectionreset')
    }
    await page.route('**/create-job', lost, { times: 1 })
    await page.getByRole('button', { name: 'Make the storyboard' }).tap()
    await page.getByText('The server can not be reached').waitFor()
    await page.getByRole('button', { name: 'Make the storyboard' }).tap()
    await page.getByRole('button', { name: /^Approve/ }).tap()
    expect(await studio.api.db.job.count()).toBe(before + 1)
    await page.getByRole('button', { name: /^Approve for/ }).tap()
    const newest = () => studio.api.db.job.findFirstOrThrow({ orderBy: { id: 'desc' }, include: { campaign: true } })
    await expect.poll(async () => (await newest()).decision).toBe('approved')
    expect(await newest()).toMatchObject({
      ...{ type: 'campaign', settings: { sceneCount: 4, videoModel: 'veo3' } },
      campaign: { brief: 'For families who look for a quiet house' },
    })
  })
})
