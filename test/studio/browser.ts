/** Real browsers, for the studio's tests: what they show, and whatever they complain of. */
import { existsSync } from 'node:fs'
import axe from 'axe-core'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from 'vitest'
import type { SimulatorOptions } from '../../simulator/index.ts'
import { startBase, startGreenlight } from '../support/stack.ts'

const INSTALLED = [
  // The same engine for half of the CPU: it has no windows.
  '/usr/bin/chromium-headless-shell',
  ...['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'],
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]
/** CHROMIUM_PATH, or one that is installed; undefined where there is none, which the tests say. */
export const CHROMIUM = [process.env.CHROMIUM_PATH, ...INSTALLED].find((file) => file && existsSync(file))
/** What takes a browser. */
export const inBrowser = describe.skipIf(!CHROMIUM)
const PATIENCE_MS = 20_000

export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true }

/** As the browser has it: its types are not those of a test. */
export interface Video {
  muted: boolean
  paused: boolean
  currentTime: number
  duration: number
  seeking: boolean
  readyState: number
  play(): Promise<void>
}

export type Browsing = Awaited<ReturnType<typeof startBrowser>>
export type Studio = Awaited<ReturnType<typeof startStudio>>

/** @param url of a server that has the studio */
export async function startBrowser(url: string) {
  const browser: Browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] })
  const faults: string[] = []

  async function open(page: Page, path: string): Promise<Page> {
    page.setDefaultTimeout(PATIENCE_MS)
    page.on('pageerror', (error) => faults.push(String(error.stack ?? error)))
    page.on('console', (message) => {
      const expected = /status of (4\d\d|503)|ERR_INTERNET_DISCONNECTED|ERR_CONNECTION|ERR_INCOMPLETE/.test(
        message.text(),
      )
      if (message.type() === 'error' && !expected) faults.push(message.text())
    })
    page.on('dialog', (dialog) => {
      faults.push(`a dialog: ${dialog.message()}`)
      dialog.dismiss()
    })
    await page.goto(url + path)
    return page
  }

  return {
    browser,
    /** What browsers complained of: errors of scripts, dialogs, and what the Content-Security-Policy stopped. */
    faults,

    /** A new person in front of a page. @param watch a script that runs before those of every page */
    async visit(path: string, options: BrowserContextOptions = {}, watch = ''): Promise<Page> {
      const context = await browser.newContext(options)
      await context.addInitScript(watch)
      return open(await context.newPage(), path)
    },

    /** Another tab beside one. */
    tab: async (beside: Page, path: string): Promise<Page> => open(await beside.context().newPage(), path),

    stop: () => browser.close(),
  }
}

/** The whole of Greenlight behind a browser. @param env of the server */
export async function startStudio(env: Record<string, string> = {}, simulator: SimulatorOptions = {}) {
  const base = await startBase(simulator)
  const greenlight = await startGreenlight(base, env)
  const browsing = await startBrowser(greenlight.url)
  return {
    ...browsing,
    base,
    greenlight,
    api: greenlight.api,
    async stop() {
      await browsing.stop()
      await greenlight.stop()
      await base.stop()
    },
  }
}

/**
 * Starts it before the tests of a file and ends it after them. After each, nothing may have been complained of, and what it
 * opened is closed. Where there is no browser there is nothing in it.
 */
export function inThisFile<Started extends { browser: Browser; faults: string[]; stop(): Promise<void> }>(
  start: () => Promise<Started>,
): Started {
  const started = {} as Started
  beforeAll(async () => {
    if (CHROMIUM) Object.assign(started, await start())
  })
  afterAll(() => started.stop?.())
  afterEach(() => expect(started.faults?.splice(0) ?? []).toEqual([]))
  let stay: BrowserContext[] = []
  beforeEach(() => {
    stay = started.browser?.contexts() ?? []
  })
  // A page that nobody looks at any more goes on drawing and listening.
  afterEach(async () => {
    const opened = (started.browser?.contexts() ?? []).filter((context) => !stay.includes(context))
    await Promise.all(opened.map((context) => context.close()))
  })
  return started
}

/** Presses Tab until what is called so has the focus. */
export async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  for (let n = 0; n < 80; n++) {
    await page.keyboard.press('Tab')
    const called = await page.evaluate<string>(
      `(document.activeElement.labels?.[0] ?? document.activeElement).textContent.replace(/\\s+/g, ' ').trim()`,
    )
    if (typeof name === 'string' ? called === name : name.test(called)) return
  }
  throw new Error(`Tab does not come to ${name}.`)
}

/** Presses a key. @returns whether the page took it, rather than leave it to the browser */
export async function takesKey(page: Page, key: string): Promise<boolean> {
  await page.evaluate(
    `addEventListener('keydown', ({ defaultPrevented }) => (globalThis.taken = defaultPrevented), { once: true })`,
  )
  await page.keyboard.press(key)
  return page.evaluate<boolean>('taken')
}

/** As when another tab comes before this one, or this one before the others again. */
export async function show(page: Page, isShown: boolean): Promise<void> {
  await page.evaluate(`Object.defineProperty(document, 'hidden', { value: ${!isShown}, configurable: true })`)
  await page.evaluate(`document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))`)
}

const RULES: axe.RunOptions = { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }

/** What axe finds wrong with a page, by rule; axe is handed over by the debugger, which no policy of a page stops. */
export async function violations(page: Page, rules: axe.RunOptions = RULES): Promise<Record<string, string[]>> {
  if (!(await page.evaluate('globalThis.axe'))) await page.evaluate(axe.source)
  const { violations: found } = await page.evaluate(
    (options) => (globalThis as unknown as { axe: typeof axe }).axe.run(options),
    rules,
  )
  return Object.fromEntries(found.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 200))]))
}

/** The rules that ask for colours, which are all that dark changes. */
const COLOURS: axe.RunOptions = { runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } }

/** In light and in dark. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light' })
  expect(await violations(page)).toEqual({})
  await page.emulateMedia({ colorScheme: 'dark' })
  expect(await violations(page, COLOURS), 'in dark').toEqual({})
  await page.emulateMedia({ colorScheme: 'light' })
}
