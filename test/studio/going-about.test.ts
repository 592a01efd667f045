/** From page to page, and at work on one while others work too: what is shown is what one is at, as it is now. */
import path from 'node:path'
import type { Page, Route } from 'playwright-core'
import { expect, it } from 'vitest'
import { SETTINGS } from '../api/sample-jobs.ts'
import { PHOTOS } from '../support/stack.ts'
import { inBrowser, inThisFile, takesKey } from './browser.ts'
import { startEveryState } from './every-state.ts'

const studio = inThisFile(() => startEveryState({ name: 'Lakeside', text: 'A house by the lake' }))

/** Holds the answers to some questions back until they are let go, which ends when what they say could be drawn. */
async function hold(page: Page, questions: RegExp, times?: number) {
  let release = () => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  const count = { asked: 0, answered: 0 }
  const wait = async (route: Route) => {
    count.asked++
    const response = await route.fetch()
    await held
    await route.fulfill({ response })
    count.answered++
  }
  await page.route(questions, wait, { times })
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
    const page = await studio.visit('/')
    await page.locator('.job').first().waitFor()
    const counts = await hold(page, /jobs\?.*limit=1$/)
    await studio.api.job()
    await expect.poll(() => counts.count.asked).toBeGreaterThan(0)
    await page.locator('.job').first().click()
    await page.getByRole('heading', { name: 'Storyboard' }).waitFor()
    await counts.letGo()
    expect(await heading(page)).not.toBe('Board')
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
  })

  it('shows no answer that a later one has overtaken', async () => {
    const { id, scenes } = await storyboardOf(studio.jobs.pending)
    const rename = (title: string) => studio.api.v3('PATCH', `/jobs/${id}/scenes/${scenes[0].id}`, { title })
    const page = await studio.visit(`/jobs/${id}`)
    await page.getByRole('heading', { name: 'Storyboard' }).waitFor()
    const reads = await hold(page, new RegExp(`jobs/${id}$`), 1)
    await rename('As it was')
    await expect.poll(() => reads.count.asked).toBe(1)
    await rename('As it is')
    await page.getByRole('heading', { name: 'As it is' }).waitFor()
    await reads.letGo()
    await page.getByRole('heading', { name: 'As it is' }).waitFor()
  })

  it('takes its questions along', async () => {
    const page = await studio.visit('/')
    await page.locator(`a[href="/jobs/${studio.jobs.pending}"]`).click()
    await page.getByRole('button', { name: /^Approve/ }).click()
    await page.getByRole('dialog').waitFor()
    await page.goBack()
    await page.getByRole('heading', { name: 'Board' }).waitFor()
    expect(await page.getByRole('dialog').count()).toBe(0)
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
    let counted = 0
    page.on('request', (request) => void (request.url().includes('limit=1') && counted++))
    // A server that is just starting is asked again.
    const refusal = { status: 503, headers: { 'retry-after': '1' }, json: { error: 'Try again.' } }
    await page.route(/\/api\/v3\/jobs\/\d+$/, (route) => route.fulfill(refusal), { times: 1 })
    const { id: shown } = await studio.api.job()
    await page.getByRole('button', { name: '1 new' }).click()
    const card = page.locator(`a[href="/jobs/${shown}"]`)
    await card.waitFor()
    const { id: unseen } = await studio.api.job()
    await page.getByRole('button', { name: '1 new' }).waitFor()
    await expect.poll(waiting).toBe(before + 2)
    expect(counted).toBeLessThan(4)
    for (const id of [shown, unseen]) expect((await studio.api.v3('DELETE', `/jobs/${id}`)).status).toBe(204)
    await card.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: '1 new' }).waitFor({ state: 'detached' })
    await expect.poll(waiting).toBe(before)
  })

  it('is filtered by client or campaign, found by a part of its name, and is then an address that can be sent', async () => {
    const { campaign } = await studio.api.stranger()
    await studio.api.db.campaign.update({ where: { id: campaign.id }, data: { name: 'By the harbour' } })
    const page = await studio.visit('/')
    await page.locator('a.job').first().waitFor()
    await page.keyboard.press('f')
    await page.getByRole('button', { name: 'By the harbour' }).waitFor()
    await page.keyboard.type('harb')
    await expect.poll(() => page.locator('#owners button').count()).toBe(2)
    await page.getByRole('button', { name: 'By the harbour' }).click()
    await page.getByText('No job in “To review” is for By the harbour.').waitFor()
    expect(new URL(page.url()).searchParams.get('campaign_id')).toBe(campaign.id)
    await page.reload()
    await page.locator('.owner', { hasText: 'By the harbour' }).click()
    await page.getByLabel('Search clients and campaigns').fill('Lakeside')
    await page.keyboard.press('Enter')
    await page.locator('a.job').first().waitFor()
    expect(new URL(page.url()).searchParams.get('client_id')).toBe(studio.api.client.id)
  })

  it('is as it was left for who comes back to it: as long, at the same place, in the same view', async () => {
    const { campaign } = await studio.api.stranger()
    const ids: number[] = []
    const owner = { campaignId: campaign.id, clientId: campaign.clientId }
    const data = { ...owner, type: 'image_pairs', parameters: {}, settings: SETTINGS, videoName: 'One of many' }
    while (ids.length < 60) ids.push((await studio.api.db.job.create({ data })).id)
    const page = await studio.visit(`/?campaign_id=${campaign.id}`)
    const cards = page.locator('a.job')
    for (const count of [24, 48, 60]) {
      await expect.poll(() => cards.count()).toBe(count)
      if (count < 60) await page.getByRole('button', { name: 'Show more' }).click()
    }
    expect(await page.getByRole('button', { name: 'Show more' }).count()).toBe(0)
    const there = () =>
      page
        .locator(`a[href="/jobs/${ids[9]}"]`)
        .evaluate((card: { getBoundingClientRect(): { top: number } }) => card.getBoundingClientRect().top)
    await page.locator(`a[href="/jobs/${ids[9]}"]`).scrollIntoViewIfNeeded()
    const before = await there()
    await page.locator(`a[href="/jobs/${ids[9]}"]`).click()
    await page.getByRole('link', { name: '← Board' }).click()
    await expect.poll(() => cards.count()).toBe(60)
    await expect.poll(there).toBeCloseTo(before, 0)
    expect(new URL(page.url()).searchParams.get('campaign_id')).toBe(campaign.id)
    await page.keyboard.press('Enter')
    await page.getByText(/^The storyboard is being written/).waitFor()
  })

  it('leaves what is typed as it is typed', async () => {
    const page = await studio.visit('/')
    const search = page.getByLabel(/^Search by/)
    await search.pressSequentially('My ')
    await page.waitForURL(/q=My$/)
    await page.getByRole('heading', { name: 'Nothing matches' }).waitFor()
    await search.pressSequentially('first')
    expect(await search.inputValue()).toBe('My first')
  })

  it('tells somebody who searches of new jobs that match, and of no others', async () => {
    const page = await studio.visit('/?q=By+the+sea')
    await page.getByRole('heading', { name: 'Nothing matches' }).waitFor()
    await Promise.all([page.waitForResponse(/jobs\?q=By.*status=pending/), studio.api.job()])
    const sea = await studio.api.db.campaign.update({
      where: { id: studio.api.campaign.id },
      data: { name: 'By the sea' },
    })
    const { id } = await studio.api.job()
    await studio.api.db.campaign.update({ where: { id: sea.id }, data: { name: 'Lakeside' } })
    await page.getByRole('button', { name: '1 new' }).click()
    await page.locator(`a[href="/jobs/${id}"]`).waitFor()
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
  })

  it('says by how much it is over its budget, and is approved all the same where an operator says so', async () => {
    const { id } = await studio.api.job()
    await studio.api.db.job.update({ where: { id }, data: { budgetCents: 100 } })
    const page = await studio.visit(`/jobs/${id}`)
    const approve = async () => {
      await page.getByRole('button', { name: 'Approve · $2.40' }).click()
      await page.getByRole('button', { name: /^Approve for/ }).click()
    }
    await approve()
    await page.getByRole('dialog').getByText("more than the job's budget has left: of $1.00").waitFor()
    await page.getByRole('button', { name: 'Not now' }).click()
    await page.getByRole('status').getByText('Job cannot be approved. It would cost $2.40').waitFor()
    await approve()
    await page.getByRole('button', { name: 'Approve anyway' }).click()
    await page.getByText('over budget, by anyone on this machine').waitFor()
  })

  it('gets another scene with a photo that is sent from there, and says at once what it costs then', async () => {
    const { id } = await studio.api.job()
    const page = await studio.visit(`/jobs/${id}`)
    await page.getByRole('button', { name: 'Approve · $2.40' }).waitFor()
    await page.getByRole('button', { name: 'Add a scene' }).click()
    await page.getByLabel('Title', { exact: true }).fill('The jetty')
    await page.getByRole('button', { name: 'Add the scene' }).click()
    await page.getByText('Choose the photo that the scene begins with.').waitFor()
    await page
      .getByRole('group', { name: 'Begins with' })
      .getByLabel('Upload a photo')
      .setInputFiles(photo('china.jpg'))
    await page.getByRole('radio', { name: 'china.jpg' }).first().waitFor()
    expect(
      await page.getByRole('group', { name: 'Begins with' }).getByRole('radio', { name: 'china.jpg' }).isChecked(),
    ).toBe(true)
    await page.getByText('The film: about $3.20, not $2.40').waitFor()
    await page.getByLabel('Length in seconds', { exact: true }).fill('8')
    await page.getByText('The film: about $4.00, not $2.40').waitFor()
    await page.getByRole('button', { name: 'Add the scene' }).click()
    await page.getByRole('button', { name: 'Approve · $4.00' }).waitFor()

    await page.getByRole('button', { name: 'Edit' }).first().click()
    await page.getByRole('group', { name: 'Ends with' }).getByRole('radio', { name: 'china.jpg' }).check()
    await page.getByLabel('Length in seconds', { exact: true }).fill('8')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('button', { name: 'Approve · $4.80' }).waitFor()
    const { scenes } = await storyboardOf(id)
    const sent = await studio.api.db.asset.findFirstOrThrow({ where: { name: 'china.jpg' } })
    expect(sent.campaignId).toBe(studio.api.campaign.id)
    expect(scenes[3]).toMatchObject({ title: 'The jetty', duration: 8, asset_ids: [sent.id, sent.id] })
    expect(scenes[0].asset_ids).toEqual([studio.api.pictures[0].id, sent.id])
  })

  it('names the photos that no scene shows, and gives each a scene when asked', async () => {
    const { id, scenes } = await storyboardOf((await studio.api.job()).id)
    const [first, second] = studio.api.pictures
    await studio.api.db.asset.update({ where: { id: second.id }, data: { name: 'The quay.jpg' } })
    await studio.api.v3('PUT', `/jobs/${id}/storyboard`, { scenes: [{ id: scenes[0].id, asset_ids: [first.id] }] })
    const page = await studio.visit(`/jobs/${id}`)
    await page.getByRole('button', { name: 'Give it a scene: The quay.jpg' }).click()
    expect(await page.getByLabel('Title', { exact: true }).inputValue()).toBe('The quay')
    await page.getByRole('button', { name: 'Add the scene' }).click()
    await page.getByText('Added at the end.').waitFor()
    await page.getByRole('button', { name: 'Give it a scene: The quay.jpg' }).waitFor({ state: 'detached' })
    expect((await storyboardOf(id)).scenes[1]).toMatchObject({
      title: 'The quay',
      duration: 4,
      asset_ids: [second.id, second.id],
    })
  })

  it('keeps a scene moving freely that does, and leaves the space key to the page while there is no film', async () => {
    const { id, scenes } = await storyboardOf((await studio.api.job()).id)
    const [{ id: photo }] = studio.api.pictures
    await studio.api.v3('PATCH', `/jobs/${id}/scenes/${scenes[0].id}`, { asset_ids: [photo] })
    const page = await studio.visit(`/jobs/${id}`)
    await page.getByRole('button', { name: 'Edit' }).first().click()
    expect(await page.getByRole('radio', { name: 'Moves freely' }).isChecked()).toBe(true)
    await page.getByLabel('Title', { exact: true }).fill('Freely')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved.').waitFor()
    expect((await storyboardOf(id)).scenes[0]).toMatchObject({ title: 'Freely', asset_ids: [photo, photo] })
    await page.locator('h1').click()
    expect(await takesKey(page, 'Space')).toBe(false)
  })

  it('is canceled, once that was asked', async () => {
    const page = await studio.visit(`/jobs/${studio.jobs.rendering}`)
    await page.getByRole('button', { name: 'Cancel', exact: true }).click()
    await page.getByRole('button', { name: 'Keep it' }).click()
    await page.getByRole('button', { name: 'Cancel', exact: true }).click()
    await page.getByRole('button', { name: 'Cancel the job' }).click()
    await page.getByText('Canceled.', { exact: true }).waitFor()
    const job = await studio.api.db.job.findUniqueOrThrow({ where: { id: studio.jobs.rendering } })
    expect(job.canceledAt).not.toBeNull()
  })

  it('shows the whole of a long prompt to who wants to read it', async () => {
    const { id, scenes } = await storyboardOf((await studio.api.job()).id)
    const prompt = `${'Slowly along the shore. '.repeat(30)}Until the lamp is lit.`
    await studio.api.v3('PATCH', `/jobs/${id}/scenes/${scenes[0].id}`, { prompt })
    const page = await studio.visit(`/jobs/${id}`)
    const text = page.locator('.prompt').first()
    const isCut = () =>
      text.evaluate(
        ({ scrollHeight, clientHeight }: Record<'scrollHeight' | 'clientHeight', number>) =>
          scrollHeight > clientHeight,
      )
    expect(await isCut()).toBe(true)
    await page.getByRole('button', { name: 'Read the whole' }).click()
    expect(await isCut()).toBe(false)
    expect(await page.getByRole('button', { name: 'Read the whole' }).count()).toBe(0)
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
  })
})

const photo = (name: string) => path.join(PHOTOS, name)

inBrowser('what is written and not saved', () => {
  /** Somebody who has written a prompt for the first scene of a job of its own. */
  async function writing(from = '') {
    const { id } = await studio.api.job()
    const page = await studio.visit(from || `/jobs/${id}`)
    if (from) await page.locator(`a[href="/jobs/${id}"]`).click()
    await page.getByRole('button', { name: 'Edit' }).first().click()
    await page.getByLabel('Prompt').fill('Along the shore')
    return { id, page, written: () => page.getByLabel('Prompt').inputValue() }
  }

  it('is lost neither by Escape nor by leaving the page, unless one says so', async () => {
    const { page, written } = await writing('/')
    const [stay, discard] = ['Keep writing', 'Discard it'].map((name) => page.getByRole('button', { name }))
    for (const leave of [
      () => page.keyboard.press('Escape'),
      () => page.getByRole('button', { name: 'Close' }).click(),
      () => page.evaluate('history.back()'),
    ]) {
      await leave()
      await stay?.click()
      expect(await written()).toBe('Along the shore')
      expect(new URL(page.url()).pathname).toMatch(/^\/jobs/)
    }
    // The browser's own ways out it asks about itself.
    await page.evaluate('location.reload()')
    await expect.poll(() => studio.faults.splice(0)).toEqual([expect.stringMatching(/^a dialog/)])
    expect(await written()).toBe('Along the shore')
    await page.evaluate('history.back()')
    await discard?.click()
    await page.getByRole('heading', { name: 'Board' }).waitFor()
  })

  it('stays when somebody else decides meanwhile, and goes into a copy', async () => {
    const { id, page, written } = await writing()
    const before = await storyboardOf(id)
    await studio.api.v3('POST', `/jobs/${id}/approve`, { by: 'Ben' })
    await page.getByText(/approved the storyboard meanwhile: it can not be changed any more/).waitFor()
    expect(await written()).toBe('Along the shore')
    await page.getByRole('button', { name: 'Copy and change' }).click()
    await page.waitForURL((url) => !url.pathname.endsWith(`/${id}`))
    await page.locator('.prompt', { hasText: 'Along the shore' }).waitFor()
    await page.getByRole('button', { name: 'Edit' }).first().waitFor()
    expect((await storyboardOf(id)).scenes).toEqual(before.scenes)
  })

  it('can be added again when somebody drops the scene meanwhile', async () => {
    const { id, page } = await writing()
    const { scenes } = await storyboardOf(id)
    await studio.api.v3('DELETE', `/jobs/${id}/scenes/${scenes[0].id}`)
    await page.getByText(/dropped this scene meanwhile/).waitFor()
    await page.getByRole('button', { name: 'Add the scene' }).click()
    await page.locator('#scene-form').waitFor({ state: 'detached' })
    expect((await storyboardOf(id)).scenes.map(({ prompt }: { prompt: string }) => prompt)).toEqual([
      ...['Two prompted', 'Three prompted', 'Along the shore'],
    ])
  })
})

inBrowser('a studio that is not reached as it should be', () => {
  it('works without what browsers keep for HTTPS', async () => {
    const page = await studio.visit('/')
    await page
      .context()
      .addInitScript(
        'delete Crypto.prototype.randomUUID; Object.defineProperty(navigator, "locks", { value: undefined })',
      )
    await page.reload()
    await page.locator('.job').first().waitFor()
    expect(await page.evaluate('[typeof crypto.randomUUID, typeof navigator.locks]')).toEqual([
      'undefined',
      'undefined',
    ])
  })

  it('asks again who is there when the server could not say it', async () => {
    const page = await studio.visit('/')
    const refusal = { status: 503, headers: { 'retry-after': '1' }, json: { error: 'Try again.' } }
    await page.route('**/api/v3/session', (route) => route.fulfill(refusal), { times: 1 })
    await page.goto(new URL(`/jobs/${studio.jobs.pending}`, page.url()).href)
    await page.getByRole('heading', { name: 'Storyboard' }).waitFor()
    await page.getByRole('button', { name: /^Approve/ }).waitFor()
  })
})
