/** The whole of Greenlight behind a real browser, for the studio's tests. */
import { existsSync } from 'node:fs'
import axe from 'axe-core'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'
import { startBase, startGreenlight } from '../support/stack.ts'

const INSTALLED = [
  ...['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]
/** CHROMIUM_PATH, or one that is installed; undefined where there is none, which the tests say. */
export const CHROMIUM = [process.env.CHROMIUM_PATH, ...INSTALLED].find((file) => file && existsSync(file))
const PATIENCE_MS = 20_000

export type Studio = Awaited<ReturnType<typeof startStudio>>

/** @param env of the server */
export async function startStudio(env: Record<string, string> = {}) {
  const base = await startBase()
  const greenlight = await startGreenlight(base, env)
  const browser: Browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] })
  const faults: string[] = []

  return {
    base,
    greenlight,
    api: greenlight.api,
    /** What browsers complained of: errors of scripts, and what the Content-Security-Policy stopped. */
    faults,

    /** A new person in front of a page. */
    async visit(path: string, options: BrowserContextOptions = {}): Promise<Page> {
      const context = await browser.newContext(options)
      const page = await context.newPage()
      page.setDefaultTimeout(PATIENCE_MS)
      page.on('pageerror', (error) => faults.push(String(error.stack ?? error)))
      page.on('console', (message) => {
        const expected = /status of 4\d\d|ERR_INTERNET_DISCONNECTED|ERR_CONNECTION|ERR_INCOMPLETE/.test(message.text())
        if (message.type() === 'error' && !expected) faults.push(message.text())
      })
      await page.goto(greenlight.url + path)
      return page
    },

    async stop() {
      await browser.close()
      await greenlight.stop()
      await base.stop()
    },
  }
}

/** What axe finds wrong with a page, by rule; axe is handed over by the debugger, which no policy of a page stops. */
export async function violations(page: Page): Promise<Record<string, string[]>> {
  await page.evaluate(axe.source)
  const { violations: found } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run({
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    }),
  )
  return Object.fromEntries(found.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 200))]))
}

export async function expectAccessible(page: Page): Promise<void> {
  expect(await violations(page)).toEqual({})
}
