/** What of a text is drawn. */

// Controls, overrides of the direction (which deceive more than they help), and what no font has.
const NEVER_SHOWN =
  /[\p{Cc}\u202a-\u202e\u2066-\u2069\p{Co}\p{Cn}\u{e0000}-\u{e001f}\u{e0080}-\u{e0fff}\ufeff\ufff9-\ufffc]/gu
const VISIBLE = /[^\p{Cf}\p{Z}\p{M}\u2800\u3164\u115f\u1160\uffa0]/u
// No language puts more marks on one letter; towers of them would cover what stands above.
const TOWER = /(\p{M}{4})\p{M}+/gu

/** The text as it can be shown, in one paragraph; empty when nothing of it can. */
export function drawable(text: string): string {
  const shown = text
    .toWellFormed()
    .replaceAll('\ufffd', '')
    .replaceAll(/\s+/gu, ' ')
    .replaceAll(NEVER_SHOWN, '')
    .replaceAll(TOWER, '$1')
    .trim()
  return VISIBLE.test(shown) ? shown : ''
}

/** Whether it is read from right to left: by its first letter, as the picture's layout is. */
export function isRightToLeft(text: string): boolean {
  const first = /\p{L}/u.exec(text)?.[0] ?? ''
  return /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u.test(first)
}
