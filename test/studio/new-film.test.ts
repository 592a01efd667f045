/** Photos that come in by every way there is, and become a storyboard. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { PHOTOS } from '../support/stack.ts'
import { inBrowser, inThisFile } from './browser.ts'
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
    await carry(page, ['rocket.jpg'], `new ClipboardEvent('paste', { clipboardData: carried, bubbles: true })`)
    await expect.poll(() => page.getByRole('progressbar').count()).toBe(3)
    carryOn()
    await page.getByText('3 photos').waitFor()
    await page.getByText('2 scenes, about 8 s.').waitFor()

    await page.getByLabel('Client').fill('Harbour Homes')
    await page.getByLabel('Name of the film or campaign').fill('By the harbour')
    await page.getByLabel('Model').selectOption('Hailuo 02')
    await page.getByText('2 scenes, about 12 s.').waitFor()
    await page.getByLabel('Music', { exact: true }).selectOption('None')
    await page.getByRole('button', { name: 'Make the storyboard' }).click()
    await page.getByRole('heading', { name: 'By the harbour 1' }).waitFor()

    const job = await studio.api.db.job.findFirstOrThrow({ orderBy: { id: 'desc' }, include: { client: true } })
    expect(job.client.name).toBe('Harbour Homes')
    expect(job.settings).toMatchObject({
      videoModel: 'hailuo-02',
      clipDuration: 6,
      sceneCount: 2,
      music: { auto: false },
    })
    const photos = await studio.api.db.asset.findMany({ where: { campaignId: job.campaignId } })
    expect(photos.map(({ name }) => name).sort()).toEqual(['china.jpg', 'flower.jpg', 'rocket.jpg'])
    expect(new Set(photos.map(({ clientId }) => clientId))).toEqual(new Set([job.clientId]))
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
    await page.getByRole('button', { name: /^Dismiss/ }).click()
    await expect.poll(() => page.locator('.refused').count()).toBe(0)
  })
})
