/** Which photos a film is made of, when there are more than it needs. */
import type { AspectRatio } from '../../domain/settings.ts'
import type { StoryboardPhoto } from '../../domain/storyboard.ts'
import { nearDuplicates } from './near-duplicates.ts'
import { faultsOf } from './photo-faults.ts'

/**
 * The photos without fault. A room that has none keeps those that are only of another shape. What else there is comes last, as
 * long as there are fewer than `needed`: the lesser fault first, and a picture that is there already after all of them.
 * @param roomOf of a photo, what it must be shown for
 * @returns in their order
 */
export function choosePhotos(
  photos: readonly StoryboardPhoto[],
  needed: number,
  { film, roomOf }: { film?: AspectRatio; roomOf: (photo: StoryboardPhoto) => string },
): StoryboardPhoto[] {
  const repeats = nearDuplicates(photos, film)
  const weight = new Map(photos.map((photo) => [photo, faultsOf(photo, film).weight]))
  const faultless = new Set(
    photos.filter((photo) => weight.get(photo) === 0 && !repeats.has(photo.id)).map((photo) => roomOf(photo)),
  )
  const isChosen = (photo: StoryboardPhoto) =>
    !repeats.has(photo.id) && (weight.get(photo) ?? 0) <= (faultless.has(roomOf(photo)) ? 0 : 1)
  const chosen = new Set(photos.filter(isChosen))
  const others = photos
    .filter((photo) => !chosen.has(photo))
    .sort(
      (a, b) => Number(repeats.has(a.id)) - Number(repeats.has(b.id)) || (weight.get(a) ?? 0) - (weight.get(b) ?? 0),
    )
  for (const photo of others.slice(0, Math.max(0, needed - chosen.size))) chosen.add(photo)
  return photos.filter((photo) => chosen.has(photo))
}

/** So many of a list, from all over it. */
export function spread<T>(all: readonly T[], many: number): T[] {
  if (all.length <= many) return [...all]
  return Array.from({ length: many }, (_, index) => all[Math.floor((index * all.length) / many)] as T)
}
