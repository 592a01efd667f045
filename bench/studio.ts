/**
 * How soon the review studio can be used with 10,000 jobs in the database: the page is opened in a real browser that has
 * nothing in its cache, and counts from the click until the first jobs stand there; then it searches and filters.
 */
import { openSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { openDatabase } from '../prisma/client.ts'
import { createFileStore } from '../storage/file-store.ts'
import { freePort } from '../temporal/ports.ts'
import { CHROMIUM, startBrowser } from '../test/studio/browser.ts'
import { startProcess } from '../test/support/process.ts'
import { fillWithJobs } from './fill-with-jobs.ts'
import { median } from './median.ts'

const JOBS = 10_000
const ROUNDS = 5
const GOAL_MS = 1000
const GOAL_KB = 60

export async function benchStudio(): Promise<void> {
  if (!CHROMIUM) throw new Error('No Chromium was found: install it, or set CHROMIUM_PATH.')
  const dataDir = await mkdtemp(path.join(tmpdir(), 'greenlight-bench-'))
  const db = await openDatabase(path.join(dataDir, 'greenlight.db'))
  await fillWithJobs({ db, blobs: await createFileStore(path.join(dataDir, 'blobs')) }, JOBS)
  await db.$disconnect()
  const port = await freePort(0)
  const env = { DATA_DIR: dataDir, PORT: String(port), LOG_LEVEL: '' }
  const server = await startProcess('server.ts', env, openSync(path.join(dataDir, 'log'), 'a'))
  const browsing = await startBrowser(`http://127.0.0.1:${port}`)
  try {
    const times = new Map<string, number[]>()
    const note = (what: string, ms: number) => times.set(what, [...(times.get(what) ?? []), ms])
    for (let round = 0; round < ROUNDS; round++) {
      const before = await cpuMs(port)
      const page = await browsing.visit('/')
      note('first page, nothing cached', await drawnAfter(page))
      await page.getByRole('button', { name: `All ${JOBS.toLocaleString('en')}` }).waitFor()
      note("the server's CPU for it, with the counts of all views", (await cpuMs(port)) - before)
      await page.reload()
      note('the same again', await drawnAfter(page))
      note(
        'search by name',
        await changes(page, () => page.getByRole('searchbox', { name: /^Search by name/ }).fill('Lakeside 77')),
      )
      note(
        'search that finds nothing',
        await changes(page, () => page.getByRole('searchbox', { name: /^Search by name/ }).fill('nothing is so')),
      )
      note('filter', await changes(page, () => page.getByRole('button', { name: /^Done/ }).click()))
      if (round === 0) console.log(await sizes(page))
      await page.context().close()
    }
    console.log(`load of the machine: ${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} cores`)
    for (const [what, all] of times) {
      const goal = what.startsWith('first')
        ? `, goal ${GOAL_MS} ms ${median(all) < GOAL_MS ? 'reached' : 'missed'}`
        : ''
      console.log(`${what}: ${median(all).toFixed(0)} ms (${all.map((ms) => ms.toFixed(0)).join(', ')})${goal}`)
    }
  } finally {
    await browsing.stop()
    await server.end()
    await rm(dataDir, { recursive: true })
  }
}

/** Milliseconds that the server has used so far. */
async function cpuMs(port: number): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  return Number(/^process_cpu_seconds_total (\S+)/m.exec(text)?.[1]) * 1000
}

/** Milliseconds from the beginning of the navigation until jobs were on the screen. */
async function drawnAfter(page: Page): Promise<number> {
  return page.evaluate(`new Promise((resolve) => {
    const look = () =>
      document.querySelector('a.job') ? requestAnimationFrame(() => resolve(performance.now())) : setTimeout(look, 1)
    look()
  })`)
}

/** Milliseconds from what somebody did until what it asked for is on the screen. The wait for more typing is in it. */
async function changes(page: Page, act: () => Promise<void>): Promise<number> {
  await page.evaluate(`
    globalThis.changed = new Promise((resolve) => {
      let began = 0
      const start = () => (began ||= performance.now())
      addEventListener('input', start, true)
      addEventListener('click', start, true)
      const list = document.querySelector('.jobs')
      const look = () => {
        if (began && list.getAttribute('aria-busy') === 'false') resolve(performance.now() - began)
      }
      new MutationObserver(look).observe(list, { attributeFilter: ['aria-busy'] })
    })
    null`)
  await act()
  return page.evaluate('globalThis.changed')
}

/** What the page's scripts weighed on the way, and how many they were. */
async function sizes(page: Page): Promise<string> {
  const scripts = await page.evaluate<number[]>(
    `performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js')).map((one) => one.encodedBodySize)`,
  )
  const kb = scripts.reduce((sum, size) => sum + size, 0) / 1000
  return `scripts of the board, compressed: ${kb.toFixed(1)} KB in ${scripts.length} files, goal ${GOAL_KB} KB ${kb < GOAL_KB ? 'reached' : 'missed'}`
}
