/** Photos that are one picture twice: another size, another compression, a moment later. */
import { isSamePicture } from '../../domain/photo-look.ts'
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
    .map((photo, index) => ({ photo, index, weight: faultsOf(photo, film).weight }))
    .sort(
      (a, b) =>
        a.weight - b.weight ||
        Number(isDescribed(b.photo)) - Number(isDescribed(a.photo)) ||
        pixelsOf(b.photo) - pixelsOf(a.photo) ||
        a.index - b.index,
    )
  const kept: StoryboardPhoto[] = []
  const repeats = new Map<string, StoryboardPhoto>()
  for (const { photo } of bestFirst) {
    const same = photo.look && kept.find(({ look }) => look && photo.look && isSamePicture(look, photo.look))
    if (same) repeats.set(photo.id, same)
    else kept.push(photo)
  }
  return repeats
}

const isDescribed = ({ description, tags }: StoryboardPhoto) => Boolean(description?.trim()) || tags.length > 0
const pixelsOf = ({ width, height }: StoryboardPhoto) => (width ?? 0) * (height ?? 0)
