/** The words by which a photo's owner knows it: of its name, its tags and its description, in any script. */
import type { StoryboardPhoto } from '../../domain/storyboard.ts'

/** Characters of a description that are read. */
const READ = 500

const segmenter = new Intl.Segmenter('en', { granularity: 'word' })

/** What cameras and phones call everything. */
const BY_MACHINES = new Set(
  'img dsc dscn dscf pxl dji gopr image images photo photos picture pic screenshot whatsapp copy edited final'.split(
    ' ',
  ),
)

/** Lower case, without numbers and short words. */
export function wordsOf({ name, description, tags }: StoryboardPhoto): Set<string> {
  const texts = [labelOf(name), ...tags, (description ?? '').slice(0, READ)]
  return new Set(texts.flatMap(split).filter((word) => isTelling(word) && !BY_MACHINES.has(word)))
}

/** A file's name as words: "LivingRoom_02-large.jpg" is "Living Room large". */
export function labelOf(name: string): string {
  return name
    .replace(/\.[a-z0-9]{2,5}$/i, '')
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/[\p{N}_\-.+()[\]]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}

function split(text: string): string[] {
  return [...segmenter.segment(text)]
    .filter(({ isWordLike }) => isWordLike)
    .map(({ segment }) => segment.normalize('NFC').toLowerCase())
}

/** Latin, Greek and Cyrillic words of two letters say nothing; a Chinese word seldom has more. */
function isTelling(word: string): boolean {
  if (!/\p{L}/u.test(word)) return false
  return [...word].length >= (/^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]+$/u.test(word) ? 3 : 1)
}

/** As words are looked for in a text: lower case, without accents, one space between words and around them all. */
export function spoken(text: string): string {
  const words = text
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim()
  return words && ` ${words} `
}

/**
 * Both as `spoken` has them. Where words stand apart, one must stand alone, or be more than one of it; Chinese and Japanese do
 * not part them.
 */
export function says(text: string, word: string): boolean {
  if (word === '') return false
  if (/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(word)) return text.includes(word.trim())
  return text.includes(word) || text.includes(`${word.trimEnd()}s `)
}
