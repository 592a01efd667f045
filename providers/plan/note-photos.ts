/** What there is to tell of a job's photos: what each was taken for, and why some are in no scene. */
import type {
  PhotoNote,
  PhotoType,
  StoryboardBrief,
  StoryboardPhoto,
  StoryboardScene,
} from '../../domain/storyboard.ts'
import { faultsOf } from './photo-faults.ts'

/** Everybody who reads the job reads them too. */
const MOST_NOTED = 200

const NOT_ASKED_FOR = 'It shows none of the property types that were asked for.'

/**
 * Of a photo that no scene shows only because there are enough others there is nothing to tell.
 * @param leftOut those that the writer did not have, and why
 * @returns in the order of the photos, then those that could not be had; of very many first of all those that are left out
 */
export function notePhotos(
  photos: readonly StoryboardPhoto[],
  scenes: readonly Pick<StoryboardScene, 'asset_ids'>[],
  {
    types = [],
    leftOut,
    film,
  }: {
    types?: PhotoType[]
    leftOut: { id: string; name: string; reason: string }[]
    film: StoryboardBrief['aspectRatio']
  },
): PhotoNote[] {
  const shown = new Set(scenes.flatMap(({ asset_ids }) => asset_ids))
  const typeOf = new Map(types.map((type) => [type.id, type]))
  const reasons = new Map(leftOut.map(({ id, reason }) => [id, reason]))
  const whyNot = (photo: StoryboardPhoto): string | null => {
    if (shown.has(photo.id)) return null
    const judged = typeOf.get(photo.id)
    if (judged?.type === null) return judged.reason ?? NOT_ASKED_FOR
    return reasons.get(photo.id) ?? faultsOf(photo, film).reason
  }
  const had = photos.map((photo): PhotoNote => {
    const { type = null, confidence = null } = typeOf.get(photo.id) ?? {}
    return { id: photo.id, name: photo.name, type, confidence, leftOut: whyNot(photo) }
  })
  const ids = new Set(photos.map(({ id }) => id))
  const missing = leftOut
    .filter(({ id }) => !ids.has(id))
    .map(({ id, name, reason }): PhotoNote => ({ id, name, type: null, confidence: null, leftOut: reason }))
  const told = [...had, ...missing].filter(({ type, leftOut: reason }) => type !== null || reason !== null)
  if (told.length <= MOST_NOTED) return told
  return told.toSorted((a, b) => Number(a.leftOut === null) - Number(b.leftOut === null)).slice(0, MOST_NOTED)
}
