/** Whether two inputs of predictions ask for the same, but for what is drawn for each. */
import { isDeepStrictEqual } from 'node:util'

type Input = Record<string, unknown>

/** The seed, and where files are fetched from, are another's each time; which asset a file is stays the same. */
export function isSameOrder(one: Input, other: Input): boolean {
  const fields = new Set([...Object.keys(one), ...Object.keys(other)])
  fields.delete('seed')
  return [...fields].every((field) => isSame(one[field] ?? null, other[field] ?? null))
}

function isSame(one: unknown, other: unknown): boolean {
  if (!isUrl(one) || !isUrl(other)) return isDeepStrictEqual(one, other)
  const [asset, otherAsset] = [assetOf(one), assetOf(other)]
  // An uploaded file's URL says nothing of what it is.
  return asset === null || otherAsset === null || asset === otherAsset
}

const isUrl = (value: unknown): value is string => typeof value === 'string' && /^https?:/.test(value)

/** As deliver-picture.ts names it, from wherever it was served then. */
const assetOf = (url: string) => /\/api\/v3\/assets\/([^/?#]+)\/data(?:[?#]|$)/.exec(url)?.[1] ?? null
