/** Looks over a JSON text before it is parsed, in one pass: what is too deep or too fine-grained is never built. */

export interface JsonShape {
  /** How deep the brackets go; those in texts do not count. */
  depth: number
  /** Characters beside the texts: brackets, quotes, commas, numbers. Every value takes some of them. */
  beside: number
}

const [QUOTE, BACKSLASH] = [0x22, 0x5c]
const [OPEN_LIST, OPEN_OBJECT, CLOSE_LIST, CLOSE_OBJECT] = [0x5b, 0x7b, 0x5d, 0x7d]

/** Stops counting as soon as a limit is passed. The text need not be valid. */
export function shapeOf(json: string, limits: JsonShape): JsonShape {
  let [level, depth, beside] = [0, 0, 0]
  for (let at = 0; at < json.length && depth <= limits.depth && beside <= limits.beside; at++) {
    beside++
    const code = json.charCodeAt(at)
    if (code === QUOTE) at = endOfText(json, at + 1)
    else if (code === OPEN_LIST || code === OPEN_OBJECT) depth = Math.max(depth, ++level)
    else if (code === CLOSE_LIST || code === CLOSE_OBJECT) level--
  }
  return { depth, beside }
}

/** Where the quote stands that ends the text, or the JSON when none does. */
function endOfText(json: string, start: number): number {
  for (let quote = json.indexOf('"', start); quote >= 0; quote = json.indexOf('"', quote + 1)) {
    let before = quote - 1
    while (before >= start && json.charCodeAt(before) === BACKSLASH) before--
    // An odd number of backslashes escapes the quote.
    if ((quote - before) % 2 === 1) return quote
  }
  return json.length
}
