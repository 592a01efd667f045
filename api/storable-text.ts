/** Text that every database keeps as it is: without NUL, and without halves of surrogate pairs. */

export const NOT_STORABLE = 'has a NUL or half of a surrogate pair, which no text keeps'

export const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed()

/** Where in a JSON value the first text, or key, is that can't be kept; null when there is none. */
export function findUnstorable(value: unknown, path: (string | number)[] = []): (string | number)[] | null {
  if (typeof value === 'string') return isStorable(value) ? null : path
  if (typeof value !== 'object' || value === null) return null
  for (const [key, item] of Object.entries(value)) {
    if (!isStorable(key)) return path
    const found = findUnstorable(item, [...path, Array.isArray(value) ? Number(key) : key])
    if (found) return found
  }
  return null
}
