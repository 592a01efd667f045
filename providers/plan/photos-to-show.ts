/** Which photos a language model is shown, where showing all would cost more than it helps. */
import type { StoryboardBrief, StoryboardPhoto } from '../../domain/storyboard.ts'
import { choosePhotos, spread } from './choose-photos.ts'

/** So many at most: those without fault first, from all over the list, in its order. */
export function photosToShow({ photos, aspectRatio: film }: StoryboardBrief, most: number): StoryboardPhoto[] {
  return spread(choosePhotos(photos, Math.min(most, photos.length), { film, roomOf: () => '' }), most)
}
