/** Every page, dialog and state of the studio, and how one gets there. */
import path from 'node:path'
import type { Page } from 'playwright-core'
import { PHOTOS } from '../support/stack.ts'
import type { Staged } from './picture-scenes.ts'

interface View {
  at: (staged: Staged | null) => string
  go?: (page: Page) => Promise<unknown>
}

const job = (key: keyof Staged) => (staged: Staged | null) => `/jobs/${staged?.[key]}`
const press = (name: string | RegExp) => (page: Page) => page.getByRole('button', { name }).first().click()
const photos = ['china.jpg', 'flower.jpg', 'coffee.png'].map((name) => path.join(PHOTOS, name))

export const VIEWS: Record<string, View> = {
  empty: { at: () => '/', go: (page) => page.getByRole('heading', { level: 2 }).waitFor() },
  'sign-in': { at: () => '/sign-in' },
  'sign-in-refused': {
    at: () => '/sign-in',
    async go(page) {
      await page.getByLabel('Key', { exact: true }).fill('wrong')
      await press('Sign in')(page)
      await page.locator('.problem:not(:empty)').waitFor()
    },
  },
  board: { at: () => '/?view=all', go: (page) => page.locator('.job').first().waitFor() },
  'board-to-review': { at: () => '/', go: (page) => page.locator('.job').first().waitFor() },
  'board-nothing': {
    at: () => '/?view=all&q=Nothing+is+called+so',
    go: (page) => page.getByText('Nothing matches').waitFor(),
  },
  'board-filter': {
    at: () => '/?view=all',
    async go(page) {
      await page.locator('.job').first().waitFor()
      await page.locator('.owner').click()
      await page.locator('#owners button').nth(3).waitFor()
    },
  },
  'board-budget': {
    at: (staged) => `/?view=all&client_id=${staged?.client}`,
    go: (page) => page.locator('.budget').waitFor(),
  },
  'board-limit': {
    at: (staged) => `/?view=all&client_id=${staged?.client}`,
    go: press('Change the limit'),
  },
  help: { at: () => '/', go: press('Keyboard shortcuts') },
  new: { at: () => '/new' },
  'new-photos': {
    at: () => '/new',
    async go(page) {
      await page.getByLabel('Choose photos').setInputFiles(photos)
      await page.getByText('About $').waitFor()
      for (const summary of await page.locator('summary').all()) await summary.click()
    },
  },
  review: { at: job('pending') },
  approve: { at: job('pending'), go: press(/^Approve/) },
  'over-budget': {
    at: job('pending'),
    async go(page) {
      await press(/^Approve/)(page)
      await press(/^Approve for/)(page)
      await page.getByRole('dialog', { name: 'Over budget: go on anyway?' }).waitFor()
    },
  },
  reject: { at: job('pending'), go: press('Reject') },
  drop: { at: job('pending'), go: press('Drop scene 1') },
  edit: { at: job('pending'), go: press('Edit') },
  'edit-rendering': {
    at: job('pending'),
    async go(page) {
      await press('Edit')(page)
      await page.getByLabel('Model').selectOption('hailuo-2.3')
      await page.getByLabel('Clips to choose from').selectOption('3')
      await page.getByLabel('Clips to choose from').scrollIntoViewIfNeeded()
    },
  },
  'edit-discard': {
    at: job('pending'),
    async go(page) {
      await press('Edit')(page)
      await page.getByLabel('Prompt').fill('Slowly along the shore, until the lamp is lit.')
      await page.keyboard.press('Escape')
    },
  },
  add: { at: job('pending'), go: press('Add a scene') },
  rendering: { at: job('rendering') },
  cancel: { at: job('rendering'), go: press('Cancel') },
  failed: { at: job('failed') },
  rejected: { at: job('rejected') },
  canceled: { at: job('canceled') },
  film: { at: job('film') },
  'film-again': { at: job('film'), go: press('Render again') },
  compare: { at: job('film'), go: press(/^Compare/) },
  missing: { at: () => '/jobs/9999' },
}
