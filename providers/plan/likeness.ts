/** How well a camera can be believed to go from one photo to another, by what is known of both. */
import { colorShares, commonShare, isSamePicture } from '../../domain/photo-look.ts'
import type { StoryboardPhoto } from '../../domain/storyboard.ts'
import { wordsOf } from './photo-words.ts'

/** Of two photos by their places in a list: -1 for one picture twice, else 0 to 1. */
export type Likeness = (a: number, b: number) => number

/** What the owner says of both counts most; what was added together was mostly taken together. */
const WEIGHTS = { words: 0.4, colors: 0.3, neighbours: 0.2, shape: 0.1 } as const
/** For what is not known of one of the two. */
const UNKNOWN = 0.5

export function likenessOf(photos: readonly StoryboardPhoto[]): Likeness {
  const words = weighedWords(photos)
  const known = photos.map(({ width, height, look }) => ({
    look: look ?? null,
    colors: look ? colorShares(look) : null,
    isUpright: width !== null && height !== null ? height > width : null,
  }))
  const cache = new Map<number, number>()
  const judge = (a: number, b: number) => {
    const [one, other] = [known[a], known[b]]
    if (!one || !other) return 0
    if (one.look && other.look && isSamePicture(one.look, other.look)) return -1
    return (
      WEIGHTS.words * words(a, b) +
      WEIGHTS.colors * (one.colors && other.colors ? commonShare(one.colors, other.colors) : UNKNOWN) +
      WEIGHTS.neighbours / Math.max(1, Math.abs(a - b)) +
      WEIGHTS.shape *
        (one.isUpright === null || other.isUpright === null ? UNKNOWN : +(one.isUpright === other.isUpright))
    )
  }
  return (a, b) => {
    const key = Math.min(a, b) * photos.length + Math.max(a, b)
    const value = cache.get(key) ?? judge(a, b)
    cache.set(key, value)
    return value
  }
}

/** The part of their words that two photos share; what fewer photos are called tells more, what all are called nothing. */
function weighedWords(photos: readonly StoryboardPhoto[]): Likeness {
  const all = photos.map((photo) => wordsOf(photo))
  const uses = new Map<string, number>()
  for (const words of all) for (const word of words) uses.set(word, (uses.get(word) ?? 0) + 1)
  const weightOf = (word: string) => {
    const used = uses.get(word) ?? 0
    return used > 1 ? Math.log(photos.length / used) : 0
  }
  const weights = all.map((words) => new Map([...words].map((word) => [word, weightOf(word)])))
  const sums = weights.map((of) => [...of.values()].reduce((sum, weight) => sum + weight, 0))
  return (a, b) => {
    const most = Math.min(sums[a] ?? 0, sums[b] ?? 0)
    if (most === 0) return 0
    const others = weights[b]
    const common = [...(weights[a] ?? [])].reduce((sum, [word, weight]) => sum + (others?.has(word) ? weight : 0), 0)
    return Math.min(1, common / most)
  }
}
