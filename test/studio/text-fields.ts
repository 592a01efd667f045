/** Every field of the studio that takes text: those of a page, those of its source, and which of them were typed into. */
import { readdir, readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

const NO_TEXT = ['radio', 'checkbox', 'range', 'file', 'number', 'hidden']
const FIELDS = ['textarea', '[contenteditable]', `input:not(${NO_TEXT.map((type) => `[type=${type}]`)})`].join()
const WEB = new URL('../../web/', import.meta.url)

/** @param write what is typed where so many characters are taken */
export function createTyping(write: (most: number) => string, mostUnlimited: number) {
  /** The ids of those that were typed into, on any page. */
  const typed = new Set<string>()

  /** All that a page has, or all that somebody sees of them now. */
  const fieldsOf = (page: Page, isSeen: boolean) =>
    page.evaluate<{ id: string; most: number }[]>(
      `[...document.querySelectorAll(${JSON.stringify(FIELDS)})]
        .filter((field) => !${isSeen} || (field.checkVisibility() && !field.closest('[inert]')))
        .map(({ id, maxLength }) => ({ id, most: maxLength > 0 ? maxLength : ${mostUnlimited} }))`,
    )

  return {
    /**
     * Types into every field that is seen and was not typed into in this place, as an input method does that writes all at once.
     * @param within a selector
     * @returns what each has then, by its id
     */
    async typeInto(page: Page, within = 'body', except: Iterable<string> = []): Promise<Map<string, string>> {
      const values = new Map<string, string>()
      const done = new Set(except)
      for (const { id, most } of await fieldsOf(page, true)) {
        expect(id, 'a field without an id').not.toBe('')
        const field = page.locator(`:is(${within}) [id="${id}"]`)
        if (done.has(id) || (await field.count()) === 0) continue
        await field.selectText()
        await page.keyboard.insertText(write(most))
        values.set(id, await field.inputValue())
        typed.add(id)
      }
      return values
    },

    /** Nothing that takes text was forgotten on the page as it is now, be it hidden. */
    async expectAllTyped(page: Page): Promise<void> {
      const ids = (await fieldsOf(page, false)).map(({ id }) => id)
      expect(ids.filter((id) => !typed.has(id))).toEqual([])
    },

    /** What the source of the studio has that no page showed. */
    async untypedInSource(): Promise<string[]> {
      const names = (await readdir(WEB, { recursive: true })).filter((name) => name.endsWith('.js'))
      const sources = await Promise.all(names.map((name) => readFile(new URL(name, WEB), 'utf8')))
      const patterns = sources.flatMap(patternsOf)
      expect(patterns.length).toBeGreaterThan(10)
      return patterns.filter((pattern) => ![...typed].some((id) => new RegExp(`^${pattern}$`).test(id)))
    },
  }
}

/** The ids that the fields of a script's templates have, as regular expressions. */
function patternsOf(source: string): string[] {
  const fields = [...source.matchAll(/<(?:input|textarea)\b([\s\S]*?)(?:\/>|<\/textarea>)/g)].map(
    ([, inside = '']) => inside,
  )
  return fields
    .filter((inside) => !NO_TEXT.includes(/\btype="(\w+)"/.exec(inside)?.[1] ?? ''))
    .map((inside) => {
      const [, fixed, made, whole] = /\sid=(?:"([^"]+)"|\$\{`([^`]+)`\}|(\$\{\w+\}))/.exec(inside) ?? []
      return (fixed ?? made ?? whole ?? inside).replaceAll(/\$\{[^}]*\}/g, '.+')
    })
}
