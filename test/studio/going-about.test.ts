/** From page to page, and at work on one while others work too: what is shown is what one is at, as it is now. */
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { CHROMIUM, inBrowser } from './browser.ts'
import { type EveryState, startEveryState } from './every-state.ts'

let studio: EveryState
beforeAll(async () => {
  if (CHROMIUM) studio = await startEveryState({ name: 'Lakeside', text: 'A house by the lake' })
})
afterAll(() => studio?.stop())
afterEach(() => expect(studio?.faults.splice(0) ?? []).toEqual([]))

/** Holds the answers to some questions back until they are let go, which ends when what they say could be drawn. */
async function hold(page: Page, questions: RegExp) {
  let release = () => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  const count = { asked: 0, answered: 0 }
  await page.route(questions, async (route) => {
    count.asked++
    const response = await route.fetch()
    await held
    await route.fulfill({ response })
    count.answered++
  })
  return {
    count,
    async letGo() {
      release()
      await expect.poll(() => count.answered).toBe(count.asked)
      await page.evaluate('new Promise((drawn) => setTimeout(drawn, 100))')
    },
  }
}

const heading = (page: Page) => page.locator('h1').innerText()

inBrowser('a page that was left', () => {
  it('counts on without drawing the board over a job', async () => {
    const page = await studio.visit('/new')
    const counts = await hold(page, /jobs\?.*limit=1$/)
    await page.getByRole('link', { name: 'Board' }).click()
    await page.locator('.job').first().click()
    await page.getByRole('heading', { name: 'Storyboard' }).waitFor()
    expect(counts.count.asked).toBeGreaterThan(0)
    await counts.letGo()
    expect(await heading(page)).not.toBe('Board')
    await page.context().close()
  })

  it('reads on without drawing a job over the board', async () => {
    const { id, scenes } = await storyboardOf(studio.jobs.pending)
    const page = await studio.visit(`/jobs/${id}`)
    await page.getByRole('heading', { name: 'Storyboard' }).waitFor()
    const reads = await hold(page, new RegExp(`jobs/${id}/scenes$`))
    await studio.api.v3('PATCH', `/jobs/${id}/scenes/${scenes[0].id}`, { title: 'Another' })
    await expect.poll(() => reads.count.asked).toBeGreaterThan(0)
    await page.getByRole('link', { name: '← Board' }).click()
    await page.locator('.job').first().waitFor()
    await reads.letGo()
    expect(await heading(page)).toBe('Board')
    expect(await page.title()).toBe('Board · Greenlight')
    await page.context().close()
  })

  it('takes its questions along', async () => {
    const page = await studio.visit('/')
    await page.locator(`a[href="/jobs/${studio.jobs.pending}"]`).click()
    await page.getByRole('button', { name: /^Approve/ }).click()
    await page.getByRole('dialog').waitFor()
    await page.goBack()
    await page.getByRole('heading', { name: 'Board' }).waitFor()
    expect(await page.getByRole('dialog').count()).toBe(0)
    await page.context().close()
  })
})

async function storyboardOf(id: number) {
  const { json } = await studio.api.v3('GET', `/jobs/${id}`)
  return { id, scenes: json.storyboard.scenes }
}

inBrowser('the board', () => {
  it('counts every view as it is, and forgets what was deleted', async () => {
    const page = await studio.visit('/')
    await page.locator('a.job').first().waitFor()
    const waiting = async () =>
      Number(
        await page
          .getByRole('button', { name: /^To review/ })
          .locator('.count')
          .innerText(),
      )
    await expect.poll(waiting).toBeGreaterThan(0)
    const before = await waiting()
    const { id: shown } = await studio.api.job()
    await page.getByRole('button', { name: '1 new' }).click()
    const card = page.locator(`a[href="/jobs/${shown}"]`)
    await card.waitFor()
    const { id: unseen } = await studio.api.job()
    await page.getByRole('button', { name: '1 new' }).waitFor()
    await expect.poll(waiting).toBe(before + 2)
    for (const id of [shown, unseen]) expect((await studio.api.v3('DELETE', `/jobs/${id}`)).status).toBe(204)
    await card.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: '1 new' }).waitFor({ state: 'detached' })
    await expect.poll(waiting).toBe(before)
    await page.context().close()
  })

  it('leaves what is typed as it is typed', async () => {
    const page = await studio.visit('/')
    const search = page.getByLabel(/^Search/)
    await search.pressSequentially('My ')
    await page.waitForURL(/q=My$/)
    await page.getByRole('heading', { name: 'Nothing matches' }).waitFor()
    await search.pressSequentially('first')
    expect(await search.inputValue()).toBe('My first')
    await page.context().close()
  })
})

inBrowser('a job', () => {
  it('has fields that can be emptied again', async () => {
    const { id, scenes } = await storyboardOf(studio.jobs.pending)
    const at = `/jobs/${id}/scenes/${scenes[0].id}`
    await studio.api.v3('PATCH', at, { transition: 'crossfade', transition_duration: 1, scene_type: 'kitchen' })
    const page = await studio.visit(`/jobs/${id}`)
    await page.getByRole('button', { name: 'Edit' }).first().click()
    await page.getByLabel('Type', { exact: true }).fill('')
    await page.getByLabel('Its length in seconds').fill('')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.locator('#scene-form').waitFor({ state: 'detached' })
    const { scenes: after } = await storyboardOf(id)
    expect(after[0]).toMatchObject({ transition: 'crossfade', transition_duration: null, scene_type: null })
    await page.context().close()
  })

  it('asks for a decision only who may take it', async () => {
    const page = await studio.visit('/new')
    const session = { data: { name: 'Carla', role: 'creator', expires_at: null } }
    await page.route('**/api/v3/session', (route) => route.fulfill({ json: session }))
    await page.goto(`${studio.api.url}/jobs/${studio.jobs.pending}`)
    await page.getByRole('button', { name: 'Cancel' }).waitFor()
    await page.keyboard.press('a')
    await page.keyboard.press('r')
    expect(await page.getByRole('dialog').count()).toBe(0)
    await page.keyboard.press('?')
    await page.getByRole('dialog').getByText('Back to the board').waitFor()
    expect(await page.getByRole('dialog').getByText('Approve').count()).toBe(0)
    await page.context().close()
  })
})
