/**
 * `npm run studio-pictures`: the README's pictures of the studio, into docs/images. With a folder's name, every page,
 * dialog and state into that folder instead, light and dark, on a desktop and on a phone, to be looked at.
 */
import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import type { BrowserContextOptions, Page } from 'playwright-core'
import sharp from 'sharp'
import { type Studio, startStudio } from './browser.ts'
import { type Staged, stage } from './picture-scenes.ts'
import { VIEWS } from './picture-views.ts'

const IMAGES = path.join(import.meta.dirname, '..', '..', 'docs', 'images')
const DEVICES: Record<string, BrowserContextOptions> = {
  desktop: { viewport: { width: 1280, height: 860 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
}
const README = [
  ['studio-board', 'board', 'light'],
  ['studio-review', 'review', 'light'],
  ['studio-film', 'film', 'dark'],
] as const

const [folder, only = ''] = process.argv.slice(2)
const studio = await startStudio({}, { fast: false })
try {
  if (folder) await takeAll(studio, folder)
  else await takeForReadme(studio)
} finally {
  await studio.stop()
}

async function takeForReadme(studio: Studio): Promise<void> {
  const staged = await stage(studio)
  for (const [file, view, scheme] of README) {
    const page = await open(studio, staged, view, { ...DEVICES.desktop, colorScheme: scheme })
    const picture = await page.screenshot()
    await sharp(picture)
      .webp({ quality: 82 })
      .toFile(path.join(IMAGES, `${file}.webp`))
    await page.context().close()
  }
}

async function takeAll(studio: Studio, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const take = async (name: string, staged: Staged | null) => {
    if (!name.includes(only)) return
    for (const [device, options] of Object.entries(DEVICES)) {
      const page = await open(studio, staged, name, { ...options, colorScheme: 'light' })
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        await page.evaluate('scrollTo(0, 0)')
        const file = path.join(folder, `${name}-${device}-${colorScheme}.png`)
        await page.screenshot({ path: file, fullPage: !(await page.locator('dialog[open]').count()) })
      }
      await page.context().close()
    }
  }
  await take('empty', null)
  const staged = await stage(studio)
  for (const name of Object.keys(VIEWS)) if (name !== 'empty') await take(name, staged)
}

async function open(
  studio: Studio,
  staged: Staged | null,
  name: string,
  options: BrowserContextOptions,
): Promise<Page> {
  const view = VIEWS[name]
  if (!view) throw new Error(`There is no view ${name}: there are ${Object.keys(VIEWS).join(', ')}.`)
  const page = await studio.visit(view.at(staged), { reducedMotion: 'reduce', ...options })
  await page.locator('main h1').first().waitFor()
  await view.go?.(page)
  await page.evaluate('document.fonts.ready')
  await page.waitForLoadState('networkidle', { timeout: 1500 }).catch(() => {})
  return page
}
