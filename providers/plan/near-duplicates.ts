/** Photos that are one picture twice: another size, another compression, a moment later. */
import { areSame, comparable } from '../../domain/photo-look.ts'
import type { AspectRatio } from '../../domain/settings.ts'
import type { StoryboardPhoto } from '../../domain/storyboard.ts'
import { faultsOf } from './photo-faults.ts'

/**
 * Finds, for each photo that repeats a better one, that better one: with fewer faults, with words of its owner, larger.
 * What is alike is compared with the best of its kind and not handed on from one to the next, or a slow pan would be one
 * picture.
 * @returns by the id of the one that is to give way
 */
export function nearDuplicates(photos: readonly StoryboardPhoto[], film?: AspectRatio): Map<string, StoryboardPhoto> {
  const bestFirst = photos
    .map((photo, index) => {
      return { photo, index, weight: faultsOf(photo, film).weight, look: photo.look && comparable(photo.look) }
    })
    .sort(
      (a, b) =>
        a.weight - b.weight ||
        Number(isDescribed(b.photo)) - Number(isDescribed(a.photo)) ||
        pixelsOf(b.photo) - pixelsOf(a.photo) ||
        a.index - b.index,
    )
  const kept: typeof bestFirst = []
  const repeats = new Map<string, StoryboardPhoto>()
  for (const one of bestFirst) {
    const { photo, look } = one
    const same = look && kept.find((other) => other.look && areSame(other.look, look))
    if (same) repeats.set(photo.id, same.photo)
    else kept.push(one)
  }
  return repeats
}

const isDescribed = ({ description, tags }: StoryboardPhoto) => Boolean(description?.trim()) || tags.length > 0
const pixelsOf = ({ width, height }: StoryboardPhoto) => (width ?? 0) * (height ?? 0)
