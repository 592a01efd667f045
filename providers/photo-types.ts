/** Which part of a property a photo shows, judged by what its owner wrote about it. */
import type { StoryboardPhoto } from '../domain/storyboard.ts'

/** Words by which the usual scene types are known, besides their own name. */
const SYNONYMS: Record<string, readonly string[]> = {
  exterior: ['outside', 'facade', 'front', 'garden', 'pool', 'terrace', 'balcony', 'aerial', 'drone', 'street', 'view'],
  interior: ['inside', 'hall', 'hallway', 'entrance', 'stairs', 'office', 'lobby'],
  kitchen: ['cooking', 'stove', 'oven', 'countertop'],
  bedroom: ['bed', 'master bedroom', 'guest room'],
  bathroom: ['bath', 'shower', 'toilet', 'ensuite'],
  living_room: ['lounge', 'sofa', 'couch', 'fireplace', 'living'],
}

/**
 * Gives every photo one of `types` and puts them in the order of a visit: outside first, then as `types` has them.
 * A photo whose tags, name or description say nothing goes to the type that has the fewest so far.
 */
export function classifyPhotos(
  photos: readonly StoryboardPhoto[],
  types: readonly string[],
): { photo: StoryboardPhoto; type: string }[] {
  const visit = [...new Set(types)].sort((a, b) => Number(key(b) === 'exterior') - Number(key(a) === 'exterior'))
  const groups = new Map(visit.map((type) => [type, [] as StoryboardPhoto[]]))
  const silent = photos.filter((photo) => {
    const type = typeOf(photo, visit)
    if (type !== null) groups.get(type)?.push(photo)
    return type === null
  })
  for (const photo of silent) {
    const [, smallest] = [...groups].reduce((a, b) => (b[1].length < a[1].length ? b : a))
    smallest.push(photo)
  }
  return [...groups].flatMap(([type, group]) => group.map((photo) => ({ photo, type })))
}

/** The type that a photo's owner names: by a tag, else by its file name, else by the description; null when by none. */
function typeOf({ name, description, tags }: StoryboardPhoto, types: readonly string[]): string | null {
  // "interior, kitchen" is a kitchen.
  const specificFirst = [...types].sort((a, b) => Number(key(a) === 'interior') - Number(key(b) === 'interior'))
  for (const text of [tags.join(' '), name, description ?? '']) {
    const spoken = ` ${key(text).replaceAll('_', ' ')} `
    const says = (word: string) => spoken.includes(` ${word} `)
    const type =
      specificFirst.find((candidate) => says(key(candidate).replaceAll('_', ' '))) ??
      specificFirst.find((candidate) => SYNONYMS[key(candidate)]?.some(says))
    if (type) return type
  }
  return null
}

/** Lower case, one underscore for whatever stands between words. */
const key = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_|_$/g, '')
