/** Texts that others wrote, made fit to be handed on. Pure: no I/O. */

/** Whatever shows nothing: control characters, direction overrides, tags, private use. Joiners stay: scripts and emoji need them. */
const INVISIBLE = /(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu

/**
 * The text without what nobody sees in it, and no longer than `length`.
 * @param length in characters, the "…" of a text that was cut included
 */
export function boundedText(text: string, length: number): string {
  // More than this can't be left of it, and texts come in any length.
  const visible = text.slice(0, 8 * length).replace(INVISIBLE, '')
  const characters = [...visible.trim()]
  return characters.length > length ? `${characters.slice(0, length - 1).join('')}…` : characters.join('')
}

const MARKUP = /<\/?[a-z!?][^<>]*>|[<>]/gi
/** [words](address), and the same for pictures. */
const MARKDOWN = /!?\[([^[\]]*)\]\((?:[^()]|\([^()]*\))*\)/g
const LINKS = new RegExp(
  [
    // Any scheme, and those that need no slashes.
    String.raw`[a-z][a-z0-9+.-]{1,20}:\/\/\S+`,
    String.raw`(?:javascript|vbscript|data|mailto|tel|file|blob):\S+`,
    String.raw`www\.\S+`,
    String.raw`[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+`,
    // A host with a path, with an ending that is seldom anything else, or as a number.
    String.raw`(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}(?::\d{1,5})?\/\S*`,
    String.raw`(?:[a-z0-9-]{1,63}\.){1,8}(?:com|net|org|info|biz|io|ai|app|dev|xyz|ru|cn|top|site|online|shop|link|click)\b`,
    String.raw`\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\b\S*`,
  ].join('|'),
  'giu',
)

/**
 * One line of plain words: without addresses, whether as links, Markdown or in letters that only look like others, and
 * without markup.
 * @param length in characters; what is longer ends with its last whole sentence, or word
 * @returns the line, and what was taken out of it
 */
export function plainWords(text: string, length: number): { words: string; dropped: string[] } {
  const dropped: string[] = []
  const drop = (found: string) => {
    dropped.push(found.slice(0, 200))
    return ' '
  }
  let words = oneLine(boundedText(text, 4 * length))
  // Letters of full width and their like are letters to whoever follows the link.
  const folded = words.normalize('NFKC')
  if (folded.search(LINKS) >= 0) words = folded
  for (let before = ''; before !== words; ) {
    before = words
    words = oneLine(words.replace(MARKDOWN, '$1').replace(LINKS, drop).replace(MARKUP, drop))
  }
  if ([...words].length <= length) return { words, dropped }
  dropped.push(`all but the first ${length} of ${[...text].length} characters`)
  return { words: cutAtSentence([...words].slice(0, length).join('')), dropped }
}

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim()

function cutAtSentence(text: string): string {
  const sentences = /^.*[.!?](?=\s|$)/s.exec(text)?.[0]
  return sentences ?? text.replace(/\s+\S*$/, '')
}
