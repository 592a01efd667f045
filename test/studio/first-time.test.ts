/** Somebody who has never been here: from the empty page to a film that plays, by keyboard alone, on the whole of Greenlight. */
import path from 'node:path'
import { expect, it } from 'vitest'
import { PHOTOS } from '../support/stack.ts'
import { inBrowser, inThisFile, startStudio, tabTo, type Video } from './browser.ts'

const studio = inThisFile(startStudio)

inBrowser('a first-time user', () => {
  it('comes from the empty page to a playing film, without reading anything and by keyboard alone', async () => {
    const page = await studio.visit('/')
    const { keyboard } = page
    await page.getByRole('heading', { name: 'Your first film starts with photos' }).waitFor()
    await tabTo(page, 'Make a film')
    await keyboard.press('Enter')

    await page.getByRole('heading', { name: 'A new film' }).waitFor()
    // Before the keys: a browser that is busy may take a key that comes right after this before it.
    const chooser = page.waitForEvent('filechooser')
    await tabTo(page, 'Choose photos')
    await keyboard.press('Enter')
    await (await chooser).setFiles(['chelsea.png', 'coffee.png', 'flower.jpg'].map((name) => path.join(PHOTOS, name)))
    await page.getByText('3 photos').waitFor()
    await tabTo(page, 'Music')
    await keyboard.type('None')
    // A name that comes to mind after the photos is taken all the same.
    await tabTo(page, 'Name of the film or campaign')
    await keyboard.type('Lake house')
    await tabTo(page, 'Make the storyboard')
    await keyboard.press('Enter')

    await page.getByRole('heading', { name: 'Lake house 1' }).waitFor()
    await keyboard.press('j')
    await keyboard.press('j')
    await keyboard.press('e')
    await keyboard.press('Control+A')
    await keyboard.type('The end')
    await keyboard.press('Enter')
    await page.getByRole('heading', { name: 'The end' }).waitFor()
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    await keyboard.press('a')
    await page.getByRole('button', { name: /^Approve for \$1\.60$/ }).waitFor()
    await keyboard.press('Enter')

    const film = page.locator('video#film')
    await film.waitFor({ timeout: 60_000 })
    await film.evaluate((video: Video) => {
      video.muted = true
    })
    await keyboard.press('Space')
    await expect.poll(() => film.evaluate((video: Video) => video.currentTime)).toBeGreaterThan(0.3)
    await keyboard.press('Space')
    expect(await film.evaluate((video: Video) => video.paused)).toBe(true)
    // Seeking takes ranges.
    await film.evaluate((video: Video) => {
      video.currentTime = video.duration - 1
    })
    await expect.poll(() => film.evaluate((video: Video) => video.seeking)).toBe(false)
  })
})
