/**
 * Whether a storyboard's scenes make a film of its photos: none shown twice without need, none that shows nothing of what was
 * asked for, an order kept. What can be put right without the model that wrote it is no problem: mend-film.ts.
 */
import type { PhotoType, StoryboardBrief, StoryboardPhoto, StoryboardScene } from '../domain/storyboard.ts'
import { faultsOf } from './plan/photo-faults.ts'
import { scenesOf } from './plan/prepare-brief.ts'

type Scene = Pick<StoryboardScene, 'scene_type'> & { asset_ids: readonly string[] }

/** Fewer make no film: then a photo is shown for what it is not rather than none. */
const FEWEST = 2
/** So many are named as what could be shown instead. */
const MOST_NAMED = 6

/**
 * Sentences for the model that wrote them.
 * @param scenes as it wrote them, for sentences name them by their places
 * @param mended the same as mendFilm has them
 * @param judged what it says that photos of a property show; null for none of the types
 */
export function filmProblems(
  { scenes, mended }: { scenes: readonly Scene[]; mended: readonly Scene[] },
  brief: StoryboardBrief,
  judged: readonly PhotoType[],
): string[] {
  const typeOf = new Map(judged.map(({ id, type }) => [id, type]))
  const placed = brief.photos.filter(({ id }) => typeOf.get(id) !== null)
  const usable = placed.length >= FEWEST ? placed : brief.photos
  const isTour = Boolean(brief.propertyTypes?.length)
  const faultless = usable.filter((photo) => faultsOf(photo, brief.aspectRatio).weight === 0)
  // Of a property a model has seen what it tells of; the others it may leave out.
  const seen = isTour ? faultless.filter(({ id }) => typeOf.has(id)) : faultless
  const isEnoughForAll = !brief.firstPhotoOnly && faultless.length >= 2 * scenes.length
  return [
    ...countProblems(scenes.length, usable.length, brief),
    ...(usable.length < scenes.length
      ? unshown(scenes, seen)
      : repeats(scenes, isEnoughForAll ? faultless : usable, isEnoughForAll)),
    ...(isTour ? placeless(scenes, new Set(usable.map(({ id }) => id))) : []),
    ...(brief.hasOwnOrder && !isTour && scenes.length < usable.length ? orderProblems(mended, usable, brief) : []),
  ]
}

/** Where nobody asked for a number, a photo that is left out has no scene. */
function countProblems(scenes: number, photos: number, brief: StoryboardBrief): string[] {
  const wanted = scenesOf(brief, photos)
  if (scenes === wanted) return []
  const why = wanted < scenesOf(brief, brief.photos.length) ? ', one for each photo that your list has a type for' : ''
  return [`There are ${scenes} scenes; exactly ${wanted} are wanted${why}.`]
}

/** With too few photos for the scenes there is room for each of them. */
function unshown(scenes: readonly Scene[], photos: readonly StoryboardPhoto[]): string[] {
  const shown = new Set(scenes.flatMap(({ asset_ids }) => asset_ids))
  return photos
    .filter(({ id }) => !shown.has(id))
    .map(({ id }) => `Photo ${id} is in no scene, although others are in more than one.`)
}

/**
 * With two photos without fault for each scene none is shown twice; with one of any kind, no two scenes begin on the same.
 * @param photos what there is to show instead
 * @param isEnoughForAll whether they are two for each
 */
function repeats(scenes: readonly Scene[], photos: readonly StoryboardPhoto[], isEnoughForAll: boolean): string[] {
  const seen = new Map<string, number>()
  const problems: string[] = []
  const what = isEnoughForAll ? 'shows' : 'begins on'
  for (const [index, { asset_ids: ids }] of scenes.entries()) {
    for (const id of isEnoughForAll ? ids : ids.slice(0, 1)) {
      const before = seen.get(id) ?? index
      seen.set(id, before)
      if (before !== index) problems.push(`scenes.${index}: it ${what} photo ${id}, as scenes.${before} does.`)
    }
  }
  if (problems.length === 0) return []
  const others = photos.flatMap(({ id }) => (seen.has(id) ? [] : [id])).slice(0, MOST_NAMED)
  return [...problems, `Instead of a photo a second time take one that no scene ${what}: ${others.join(', ')}.`]
}

function placeless(scenes: readonly Scene[], usable: ReadonlySet<string>): string[] {
  return scenes.flatMap(({ asset_ids: ids }, index) =>
    ids
      .filter((id) => !usable.has(id))
      .map((id) => `scenes.${index}: by your list photo ${id} shows none of the property types; leave it out.`),
  )
}

/** Photos that somebody named are shown in that order, and all of them where they fit in. */
function orderProblems(
  scenes: readonly Scene[],
  photos: readonly StoryboardPhoto[],
  { firstPhotoOnly }: StoryboardBrief,
): string[] {
  // Only what begins scenes is seen, and that mendFilm has put in order.
  if (firstPhotoOnly) return []
  const placeOf = new Map(photos.map(({ id }, place) => [id, place]))
  const ids = scenes.flatMap(({ asset_ids }) => asset_ids)
  const place = (id = '') => placeOf.get(id) ?? 0
  const late = ids.findIndex((id, index) => index > 0 && place(id) < place(ids[index - 1]))
  const order = `Somebody chose the photos and their order: through all scenes, first photos and last, photo ${ids[late]} comes before ${ids[late - 1]}, as in the list.`
  const missing = photos.length > 2 * scenes.length ? [] : photos.filter(({ id }) => !ids.includes(id))
  return [
    ...(late > 0 ? [order] : []),
    ...missing.map(({ id }) => `Photo ${id} is in no scene, although somebody chose it.`),
  ]
}
