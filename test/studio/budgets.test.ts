/** Budgets in the studio: seen by everybody beside the films that they are for, set and lifted by an operator. */
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { expectAccessible, inBrowser, inThisFile, PHONE, tabTo } from './browser.ts'
import { startEveryState } from './every-state.ts'

const studio = inThisFile(() => startEveryState({ name: 'Lakeside', text: 'A house by the lake' }))

const budget = (page: Page) => page.getByRole('region', { name: 'Budget' })
/** What stands there, term by term. */
async function figures(page: Page): Promise<Record<string, string>> {
  const texts = await budget(page).locator('dt, dd').allInnerTexts()
  return Object.fromEntries(texts.flatMap((text, index) => (index % 2 === 0 ? [[text, texts[index + 1] ?? '']] : [])))
}
const statsOf = async (at: string) => (await studio.api.v3('GET', `${at}/stats`)).json.data
const dollars = (amount: number) => `$${amount.toFixed(2)}`

inBrowser('a budget', () => {
  it('of a campaign is set, changed and lifted by an operator, by keyboard alone, and told as the server has it', async () => {
    const { id } = studio.api.campaign
    const at = `/campaigns/${id}`
    const page = await studio.visit(`/?view=all&campaign_id=${id}`)
    await budget(page).waitFor()
    const { totalSpend, totalCommitted } = await statsOf(at)
    const [spent, committed] = [dollars(totalSpend), dollars(totalCommitted)]
    expect(totalSpend * totalCommitted).toBeGreaterThan(0)
    expect(await figures(page)).toEqual({ Spent: spent, 'Approved, not spent yet': committed, Limit: 'none' })
    await tabTo(page, 'Set a limit')
    await page.keyboard.press('Enter')
    await page.getByLabel('Limit in US dollars').waitFor()
    await page.keyboard.type('99999999')
    await page.keyboard.press('Enter')
    const problem = page.getByRole('dialog').getByRole('alert')
    await problem.getByText('must not be more than 10000000').waitFor()
    expect((await statsOf(at)).budget).toBeNull()
    await expectAccessible(page)
    await page.keyboard.press('Control+A')
    await page.keyboard.type('100.50')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    const left = dollars(100.5 - totalSpend - totalCommitted)
    expect(await figures(page)).toMatchObject({ Spent: spent, Limit: '$100.50', Left: left })
    expect((await statsOf(at)).budget).toBe(100.5)

    await budget(page).getByRole('button', { name: 'Change the limit' }).press('Enter')
    expect(await page.getByLabel('Limit in US dollars').inputValue()).toBe('100.5')
    await page.getByLabel('Limit in US dollars').fill('1')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await figures(page)).toMatchObject({ 'Over by': dollars(totalSpend + totalCommitted - 1) })
    await expectAccessible(page)
    await budget(page).getByRole('button', { name: 'Change the limit' }).press('Enter')
    await page.getByRole('button', { name: 'Lift it' }).press('Enter')
    // Enter alone keeps it.
    await page.getByRole('dialog', { name: 'Lift the limit?' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Lift it' }).click()
    await page.getByRole('dialog', { name: 'Lift the limit?' }).getByRole('button', { name: 'Lift it' }).click()
    await budget(page).getByRole('button', { name: 'Set a limit' }).waitFor()
    expect((await statsOf(at)).budget).toBeNull()
  })

  it('of a client is seen by who may not change it, follows what is approved, and fits a phone', async () => {
    const { client, campaign } = await studio.api.stranger()
    await studio.api.db.client.update({ where: { id: client.id }, data: { budgetCents: 1000 } })
    const { id } = await studio.api.job({ of: campaign })
    const page = await studio.visit('/new', PHONE)
    const session = { data: { name: 'Carla', role: 'approver', expires_at: null } }
    await page.route('**/api/v3/session', (route) => route.fulfill({ json: session }))
    await page.goto(`${studio.api.url}/?view=all&client_id=${client.id}`)
    await budget(page).waitFor()
    expect(await figures(page)).toEqual({
      ...{ Spent: '$0.00', 'Approved, not spent yet': '$0.00', Limit: '$10.00', Left: '$10.00' },
    })
    expect(await budget(page).getByRole('button').count()).toBe(0)
    await studio.api.v3('POST', `/jobs/${id}/approve`)
    await expect
      .poll(() => figures(page))
      .toMatchObject({
        ...{ 'Approved, not spent yet': '$2.40', Left: '$7.60' },
      })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.viewport.width)
    await expectAccessible(page)
  })

  it('is shown for the campaign that is looked at, and for none that is gone', async () => {
    const { campaign } = await studio.api.stranger()
    await studio.api.db.campaign.update({ where: { id: campaign.id }, data: { name: 'Afar', budgetCents: 0 } })
    const page = await studio.visit('/?view=all')
    await page.locator('.job').first().waitFor()
    expect(await budget(page).count()).toBe(0)
    const choose = async (name: string) => {
      await page.locator('.owner').click()
      await page.getByLabel('Search clients and campaigns').fill(name)
      await page.locator('#owners .campaign', { hasText: name }).click()
    }
    await choose('Afar')
    await budget(page).locator('dd').nth(3).waitFor()
    expect(await figures(page)).toMatchObject({ Limit: '$0.00', Left: '$0.00' })
    await Promise.all([
      page.waitForResponse(/stats$/),
      page.goto(`${studio.api.url}/?campaign_id=00000000-0000-4000-8000-000000000000`),
    ])
    await page.getByText('Nothing matches').waitFor()
    expect(await budget(page).count()).toBe(0)
  })

  it('that is exceeded is found from the question whether to go over it', async () => {
    const { campaign } = await studio.api.stranger()
    await studio.api.db.campaign.update({ where: { id: campaign.id }, data: { budgetCents: 100 } })
    const { id } = await studio.api.job({ of: campaign })
    const page = await studio.visit(`/jobs/${id}`)
    await page.getByRole('button', { name: 'Approve · $2.40' }).click()
    await page.getByRole('button', { name: /^Approve for/ }).click()
    const link = page.getByRole('link', { name: "Look at the campaign's budget, or change it" })
    await link.waitFor()
    await expectAccessible(page)
    await link.click()
    await budget(page).waitFor()
    expect(new URL(page.url()).searchParams.get('campaign_id')).toBe(campaign.id)
    expect(await figures(page)).toMatchObject({ Limit: '$1.00' })
    expect(await page.getByRole('dialog').count()).toBe(0)
    expect((await studio.api.v3('GET', `/jobs/${id}`)).json.status).toBe('pending')
  })
})
