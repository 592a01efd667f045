/** Which model renders a scene, and how many clips there are to choose from: asked for in the studio, priced by the server. */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { expectAccessible, inBrowser, inThisFile, PHONE, tabTo } from './browser.ts'
import { startEveryState } from './every-state.ts'

const studio = inThisFile(() => startEveryState({ name: 'Lakeside', text: 'A house by the lake' }))

const jobOf = async (id: number) => (await studio.api.v3('GET', `/jobs/${id}`)).json
const optionsOf = (page: Page, id: string) => page.locator(`#${id} option`).allTextContents()
const approval = (page: Page) => page.getByRole('button', { name: /^Approve ·/ }).innerText()

/** The form of the first scene, with what there is to choose from. */
async function edit(id: number, device = {}): Promise<Page> {
  const page = await studio.visit(`/jobs/${id}`, device)
  await page.getByRole('button', { name: 'Edit' }).first().click()
  await page.getByLabel('Model').locator('option').nth(1).waitFor({ state: 'attached' })
  return page
}

inBrowser('a scene that waits for approval', () => {
  it('is given another model and several clips by keyboard, and costs what the server says then', async () => {
    const { id } = await studio.api.job()
    const page = await edit(id)
    expect((await optionsOf(page, 'scene-model')).slice(0, 2)).toEqual([
      'As the job: Veo 3.1, $0.20 a second',
      'Veo 3.1 Fast, $0.10 a second',
    ])
    expect(await optionsOf(page, 'scene-variants')).toEqual([
      ...['As the job: 1 for $0.80', '1 for $0.80', '2 for $1.60', '3 for $2.40', '4 for $3.20'],
    ])
    await page.getByLabel('Title', { exact: true }).focus()
    await tabTo(page, 'Model')
    await page.keyboard.type('Hailuo 2.3')
    await tabTo(page, 'Clips to choose from')
    await page.keyboard.type('3')
    await page.getByText(/Hailuo 2\.3 takes no second photo: .* What its prompt says of the second photo/).waitFor()
    await page.getByText('Hailuo 2.3 renders 6 or 10 seconds: it will be 6').waitFor()
    const told = await page.getByRole('status').filter({ hasText: 'The scene: about' }).innerText()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved.').waitFor()

    const { storyboard, costs } = await jobOf(id)
    const [scene] = storyboard.scenes
    expect(scene).toMatchObject({ model: 'hailuo-2.3', variants: 3, duration: 6 })
    const [ofScene, ofFilm] = [scene.estimated_cost, costs.estimated].map((cost) => `$${cost.toFixed(2)}`)
    expect(told).toBe(`The scene: about ${ofScene}, not $0.80. The film: about ${ofFilm}, not $2.40`)
    expect(await approval(page)).toBe(`Approve · ${ofFilm}`)
    const card = page.locator('[data-scene]').first()
    await card.getByText(`6 s · ${ofScene}`).waitFor()
    await card.getByText(/By Hailuo 2\.3\. 3 clips to choose from\. .* moves freely from its first one/).waitFor()
    await expectAccessible(page)
  })

  it('is as the job again, on a phone', async () => {
    const { id, scenes } = await studio.api.job()
    await studio.api.v3('PATCH', `/jobs/${id}/scenes/${scenes[0]?.id}`, { model: 'hailuo-02', variants: 2 })
    const page = await edit(id, PHONE)
    expect([
      await page.getByLabel('Model').inputValue(),
      await page.getByLabel('Clips to choose from').inputValue(),
    ]).toEqual(['hailuo-02', '2'])
    await page.getByLabel('Model').selectOption('')
    await page.getByLabel('Clips to choose from').selectOption('')
    await page.getByLabel('Length in seconds', { exact: true }).fill('4')
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.viewport.width)
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved.').waitFor()
    expect((await jobOf(id)).storyboard.scenes[0]).toMatchObject({ model: null, variants: null, duration: 4 })
    expect(await approval(page)).toBe('Approve · $2.40')
  })

  it('of a draft has the price of the draft, and names the model of the film', async () => {
    const { id, scenes } = await studio.api.job({ settings: { quality: 'draft' } })
    // Its rows have the price of a film.
    await studio.api.v3('PATCH', `/jobs/${id}/scenes/${scenes[0]?.id}`, { title: 'The draft' })
    const page = await edit(id)
    await page.getByText('In full quality. The draft is made by Seedance 1 Pro').waitFor()
    await page.getByLabel('Model').selectOption('hailuo-02')
    await page.getByLabel('Clips to choose from').selectOption('4')
    await page.getByText('The scene: about $0.72, not $0.12.').waitFor()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved.').waitFor()
    expect((await jobOf(id)).storyboard.scenes[0]).toMatchObject({ model: 'hailuo-02', estimated_cost: 0.72 })
  })
})

inBrowser('a scene that is rendered again', () => {
  it('is rendered by another model, as many times as one wants to choose from, for the price on the button', async () => {
    const { id, scenes } = await studio.api.film()
    const page = await studio.visit(`/jobs/${id}`, PHONE)
    await page.getByRole('button', { name: 'Render again', exact: true }).first().click()
    await page.getByRole('button', { name: 'Render again · $0.80' }).waitFor()
    await page.getByLabel('Model').selectOption('seedance-1-pro')
    await page.getByLabel('Clips to choose from').selectOption('2')
    await expectAccessible(page)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.viewport.width)
    const [answer] = await Promise.all([
      page.waitForResponse(/regenerate$/),
      page.getByRole('button', { name: /^Render again · / }).click(),
    ])
    const price = await answer.request().postDataJSON()
    expect(price).toEqual({ model: 'seedance-1-pro', variants: 2 })
    const wish = await studio.api.db.sceneRevision.findFirstOrThrow({ where: { sceneId: scenes[0]?.id } })
    expect(wish).toMatchObject({ variants: 2, changes: { model: 'seedance-1-pro' } })
  })

  it('has no model offered that renders less than its length, and tells the price that the server asks', async () => {
    const { id, scenes } = await studio.api.film()
    await studio.api.db.scene.update({ where: { id: scenes[0]?.id ?? '' }, data: { model: 'hailuo-02', duration: 10 } })
    const page = await studio.visit(`/jobs/${id}`)
    await page.getByRole('button', { name: 'Render again', exact: true }).first().click()
    const job = page.getByRole('option', { name: 'As the job: Veo 3.1, $0.20 a second: 8 s at most' })
    await job.waitFor({ state: 'attached' })
    expect(await job.isDisabled()).toBe(true)
    await page.getByLabel('Model').selectOption('seedance-1-pro')
    await page.getByLabel('Clips to choose from').selectOption('3')
    const button = await page.getByRole('button', { name: /^Render again · / }).innerText()
    const wish = { model: 'seedance-1-pro', variants: 3 }
    const { json } = await studio.api.v3('POST', `/jobs/${id}/scenes/${scenes[0]?.id}/regenerate`, wish)
    expect(button).toBe(`Render again · $${json.estimated_cost.toFixed(2)}`)
  })
})

inBrowser('the takes of a scene', () => {
  it('are shown to everybody, and put into the film or made anew by nobody who may not spend', async () => {
    const at = `/jobs/${studio.jobs.done}`
    const takes = await studio.api.db.take.findMany({
      where: { scene: { jobId: studio.jobs.done } },
      orderBy: { attempt: 'asc' },
    })
    const put = ({ sceneId: id, predictionId: clipPredictionId }: (typeof takes)[number]) =>
      studio.api.db.scene.update({ where: { id }, data: { clipPredictionId } })
    const [first, second] = takes as [(typeof takes)[number], (typeof takes)[number]]
    await put(first)
    const [anna, carla] = [await studio.visit(at), await studio.visit('/new')]
    const session = { data: { name: 'Carla', role: 'creator', expires_at: null } }
    await carla.route('**/api/v3/session', (route) => route.fulfill({ json: session }))
    await carla.goto(studio.api.url + at)
    const inTheFilm = (page: Page, take: number) =>
      page
        .locator('.alternatives li', { hasText: `Take ${take}` })
        .getByText('in the film', { exact: true })
        .waitFor()
    const spends = /Use it|Keep it|back · free|Render again|(Add|New) music/
    const spending = (page: Page) => page.getByRole('button', { name: spends }).allInnerTexts()
    for (const page of [anna, carla]) await inTheFilm(page, 1)

    await put(second)
    // What happens to a job is told, and has its page read it again.
    await studio.api.v3('POST', `/jobs/${studio.jobs.done}/notes`, { at_seconds: 1, text: 'As it was' })
    for (const page of [anna, carla]) await inTheFilm(page, 2)
    const again = Array.from({ length: 3 }, () => 'Render again')
    expect(await spending(anna)).toEqual([
      ...[expect.stringMatching(/music · /), 'Keep it', 'Take 1 back · free', 'Use it · free', ...again],
    ])
    expect(await spending(carla)).toEqual([])
    for (const page of [anna, carla]) await page.getByRole('button', { name: /^Compare/ }).click()
    const compared = (page: Page) => page.getByRole('dialog').getByRole('button', { name: /^Use it|^Keep it/ })
    expect(await compared(anna).allInnerTexts()).toEqual(['Use it instead · free', 'Keep it in the film'])
    await carla.getByRole('dialog').getByRole('button', { name: 'Close' }).waitFor()
    expect(await compared(carla).count()).toBe(0)
  })

  it('that are drafts come into no film in full quality', async () => {
    const id = studio.jobs.done
    await studio.api.db.take.updateMany({ where: { scene: { jobId: id }, attempt: 1 }, data: { isDraft: true } })
    const page = await studio.visit(`/jobs/${id}`)
    await page.locator('.alternatives').getByText('draft', { exact: true }).waitFor()
    expect(await page.getByRole('button', { name: /^Use it/ }).count()).toBe(0)
  })
})
