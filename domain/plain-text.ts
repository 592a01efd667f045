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
/** What a host is made of: letters of every script, and what browsers take for a dot. */
const LETTER = String.raw`[\p{L}\p{M}\p{N}\u200c\u200d-]`
const DOT = '[.。]'
/** From a label's first letter only, or long words would be tried at each of their letters. */
const LABELS = `(?<!${LETTER})(?:${LETTER}+${DOT}){1,8}`
const MAILBOX = String.raw`[\p{L}\p{M}\p{N}_.+-]`
/** No letter, or one of another script: “evil.com请访问”. */
const END = String.raw`(?:\b|(?![\p{L}\p{M}\p{N}]))`
const LINKS = new RegExp(
  [
    // Any scheme, and those that need no slashes.
    String.raw`[a-z][a-z0-9+.-]{1,20}:\/\/\S+`,
    String.raw`(?:javascript|vbscript|data|mailto|tel|file|blob):\S+`,
    String.raw`www\.\S+`,
    `(?<!${MAILBOX})${MAILBOX}+@(?:${LETTER}+${DOT}){1,8}${LETTER}+`,
    // A host with a path, with an ending that is seldom anything else, or as a number.
    String.raw`${LABELS}\p{L}{2,24}(?::\d{1,5})?\/\S*`,
    `${LABELS}(?:com|net|org|info|biz|io|ai|app|dev|xyz|ru|cn|top|site|online|shop|link|click|de|eu|uk|рф)${END}`,
    // Scripts without small letters, which have no space after a full stop either.
    `${LABELS}(?:中国|中國|公司|网络|網絡|网址|在线|香港|台灣|台湾|한국|みんな|コム|भारत|ไทย)${END}`,
    String.raw`\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\b\S*`,
  ].join('|'),
  'giu',
)
/** Endings of files, as in the name of a photo. */
const PICTURE = 'jpe?g|png|webp|hei[cf]|avif|gif|tiff?'
/**
 * A bare host with any ending, known by its small letters right after a dot: where a sentence ends without a space (“end.Then”)
 * or a name is shortened (“St.Pauli”), a capital follows. Square feet and names of pictures are left alone.
 */
const BARE_HOSTS = new RegExp(
  [
    String.raw`(?!(?:[Ss]q|[Cc]u)\.(?:ft|in|yd|mi|km|cm|mm)${END})`,
    `${LABELS}(?!(?:${PICTURE}|${PICTURE.toUpperCase()})${END})`,
    // Capitals throughout are a host too, but no Roman number.
    String.raw`(?:[\p{Ll}\u200c\u200d][\p{L}\p{M}\u200c\u200d]{1,23}|(?![IVX]+${END})\p{Lu}{2,24})${END}`,
    String.raw`(?::\d{1,5})?`,
  ].join(''),
  'gu',
)
const ADDRESSES = [LINKS, BARE_HOSTS]

/**
 * One line of plain words: without addresses, whether as links, Markdown, bare hosts or in letters that only look like others,
 * and without markup. What is written to be read by people only (“evil dot com”) stays, and so does a host whose ending
 * begins with a capital, unless it is one of the commonest.
 * @param length in characters; what is longer ends with its last whole sentence, or word
 * @returns the line, and what was taken out of it
 */
export function plainWords(text: string, length: number): { words: string; dropped: string[] } {
  const dropped: string[] = []
  const drop = (found: string) => {
    dropped.push(found.slice(0, 200))
    return ' '
  }
  const words = withoutAddresses(boundedText(text, 4 * length), drop)
  if ([...words].length <= length) return { words, dropped }
  dropped.push(`all but the first ${length} of ${[...text].length} characters`)
  // Cut in the middle, a word may be an address that it was not before.
  return { words: withoutAddresses(cutAtSentence([...words].slice(0, length).join('')), drop), dropped }
}

function withoutAddresses(text: string, drop: (found: string) => string): string {
  let words = oneLine(text)
  for (let before = ''; before !== words; ) {
    before = words
    // Letters of full width and their like are letters to whoever follows the link.
    const folded = words.normalize('NFKC')
    if (ADDRESSES.some((address) => folded.search(address) >= 0)) words = folded
    words = words.replace(MARKDOWN, '$1')
    for (const address of ADDRESSES) words = words.replace(address, drop)
    words = oneLine(words.replace(MARKUP, drop))
  }
  return words
}

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim()

function cutAtSentence(text: string): string {
  const sentences = /^.*[.!?](?=\s|$)/s.exec(text)?.[0]
  return sentences ?? text.replace(/\s+\S*$/, '')
}
