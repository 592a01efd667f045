/** The studio's event stream through a connection that breaks: nothing that happened meanwhile is missed, or told twice. */
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { type JobApi, startJobApi } from '../api/sample-jobs.ts'
import { type Browsing, CHROMIUM, inBrowser, show, startBrowser } from './browser.ts'

let api: JobApi
let line: Awaited<ReturnType<typeof startLine>>
let browsing: Browsing
beforeAll(async () => {
  if (!CHROMIUM) return
  api = await startJobApi()
  line = await startLine(api.port)
  browsing = await startBrowser(line.url)
})
afterAll(async () => {
  await browsing?.stop()
  line?.stop()
  await api?.close()
})
afterEach(() => {
  const complaints = browsing?.faults.splice(0) ?? []
  expect(complaints.filter((text) => !/ERR_EMPTY_RESPONSE|ERR_SOCKET_NOT_CONNECTED|status of 503/.test(text))).toEqual(
    [],
  )
})

/** How the line to the server is: it carries everything, it breaks whatever comes, or a proxy in it says that nobody is there. */
type State = 'up' | 'down' | 'unavailable'

async function startLine(port: number) {
  let state: State = 'up'
  let refused = 0
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    socket.on('error', () => {})
    if (state !== 'up') refused++
    if (state === 'down') return socket.destroy()
    if (state === 'unavailable') {
      return socket.once('data', () => socket.end('HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n'))
    }
    const onward = connect(port, '127.0.0.1').on('error', () => {})
    sockets.add(socket)
    socket.pipe(onward).pipe(socket)
    socket.on('close', () => {
      sockets.delete(socket)
      onward.destroy()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** How many connections came since it is as it is. */
    refused: () => refused,
    become(next: State) {
      state = next
      refused = 0
      if (next !== 'up') for (const socket of sockets) socket.destroy()
    },
    stop: () => server.close(),
  }
}

/** The numbers of the job's events, as the browser is told of them. */
async function hearing(page: Page, jobId: number): Promise<number[]> {
  const heard: number[] = []
  const debug = await page.context().newCDPSession(page)
  await debug.send('Network.enable')
  debug.on('Network.eventSourceMessageReceived', ({ data }) => {
    const event = JSON.parse(data)
    if (event.job_id === jobId) heard.push(event.seq)
  })
  return heard
}

/** Puts the first scene last, which makes another version of the storyboard. */
async function turn(id: number): Promise<void> {
  const { json } = await api.v3('GET', `/jobs/${id}`)
  const [first, ...others] = json.storyboard.scenes.map(({ id }: { id: string }) => ({ id }))
  await api.v3('PUT', `/jobs/${id}/storyboard`, { scenes: [...others, first] })
}

/** As the server counts them. */
async function openStreams(): Promise<number> {
  const figures = await (await fetch(`${api.url}/metrics`)).text()
  return Number(/^greenlight_event_streams (\d+)/m.exec(figures)?.[1])
}

const shows = (page: Page, version: number) => page.locator('.bar').getByText(`version ${version}`).waitFor()
const isStream = (request: { url: () => string }) => request.url().includes('/api/v3/events')

inBrowser('an event stream', () => {
  it.each(['down', 'unavailable'] as const)('goes on where it was when the line was %s', async (state) => {
    const { id } = await api.job()
    const page = await browsing.visit(`/jobs/${id}`)
    await shows(page, 1)
    const heard = await hearing(page, id)
    await turn(id)
    await shows(page, 2)
    const before = heard.length
    expect(before).toBeGreaterThan(0)

    line.become(state)
    await page.getByText('Reconnecting…').waitFor()
    for (let n = 0; n < 3; n++) await turn(id)
    await expect.poll(() => line.refused()).toBeGreaterThan(0)
    expect(heard.length).toBe(before)

    line.become('up')
    await shows(page, 5)
    await page.getByText('Reconnecting…').waitFor({ state: 'hidden' })
    await turn(id)
    await shows(page, 6)
    const [first = 0] = heard
    // The page may know of the last turn a moment before this hears of it.
    await expect.poll(() => heard).toEqual(Array.from({ length: before + 4 }, (_, n) => first + n))
    await page.context().close()
  })

  it('misses nothing between the first look and its own beginning', async () => {
    const { id } = await api.job()
    const page = await browsing.visit('/new')
    let begin = () => {}
    const held = new Promise<void>((resolve) => (begin = resolve))
    await page.route(/events/, async (route) => {
      await held
      await route.continue()
    })
    await page.goto(`${line.url}/jobs/${id}`)
    await shows(page, 1)
    await turn(id)
    begin()
    await shows(page, 2)
    await page.context().close()
  })

  it('is given up by a tab that nobody sees, which is up to date as soon as somebody does', async () => {
    const { id } = await api.job()
    const page = await browsing.visit(`/jobs/${id}`)
    await shows(page, 1)
    await Promise.all([page.waitForEvent('requestfailed', isStream), show(page, false)])
    await turn(id)
    await Promise.all([page.waitForRequest(isStream), show(page, true)])
    await shows(page, 2)
    await turn(id)
    await shows(page, 3)
    await page.context().close()
  })

  it('is one for six tabs, which all stay live, and goes on in another when the tab that has it is closed', async () => {
    const { id } = await api.job()
    const first = await browsing.visit(`/jobs/${id}`)
    const tabs: Page[] = [first]
    while (tabs.length < 6) tabs.push(await browsing.tab(first, `/jobs/${id}`))
    const all = (version: number) => Promise.all(tabs.map((page) => shows(page, version)))
    await all(1)
    await turn(id)
    await all(2)
    await expect.poll(openStreams).toBe(1)
    await tabs.shift()?.close()
    await turn(id)
    await all(3)
    await expect.poll(openStreams).toBe(1)
    await tabs[0]?.context().close()
  })
})
