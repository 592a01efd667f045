/** Whether a storyboard's scenes make a film of its photos: none shown twice without need, a tour that is one, an order kept. */
import type { PhotoType, StoryboardBrief, StoryboardPhoto, StoryboardScene } from '../domain/storyboard.ts'
import { faultsOf } from './plan/photo-faults.ts'
import { inTourOrder } from './plan/photo-types.ts'
import { scenesOf } from './plan/prepare-brief.ts'

type Scene = Pick<StoryboardScene, 'scene_type'> & { asset_ids: readonly string[] }

/** Fewer make no film: then a photo is shown for what it is not rather than none. */
const FEWEST = 2

/**
 * Sentences for the model that wrote them.
 * @param judged what it says that photos of a property show; null for none of the types
 */
export function filmProblems(scenes: readonly Scene[], brief: StoryboardBrief, judged: readonly PhotoType[]): string[] {
  const typeOf = new Map(judged.map(({ id, type }) => [id, type]))
  const placed = brief.photos.filter(({ id }) => typeOf.get(id) !== null)
  const usable = placed.length >= FEWEST ? placed : brief.photos
  const isTour = Boolean(brief.propertyTypes?.length)
  // Where nobody asked for a number, a photo that is left out has no scene.
  const wanted = scenesOf(brief, usable.length)
  const count = `There are ${scenes.length} scenes; exactly ${wanted} are wanted.`
  return [
    ...(scenes.length === wanted ? [] : [count]),
    ...repeats(scenes, usable.length, usable.filter((photo) => faultsOf(photo, brief.aspectRatio).weight === 0).length),
    ...(isTour ? tourProblems(scenes, new Set(usable.map(({ id }) => id)), typeOf) : []),
    ...(brief.hasOwnOrder ? orderProblems(scenes, usable, isTour) : []),
  ]
}

/** With two photos without fault for each scene none is shown twice; with one of any kind, no two scenes begin on the same. */
function repeats(scenes: readonly Scene[], photos: number, faultless: number): string[] {
  if (photos < scenes.length) return []
  const isEnoughForAll = faultless >= 2 * scenes.length
  const seen = new Map<string, number>()
  const problems: string[] = []
  for (const [index, { asset_ids: ids }] of scenes.entries()) {
    for (const id of isEnoughForAll ? ids : ids.slice(0, 1)) {
      const before = seen.get(id) ?? index
      seen.set(id, before)
      if (before === index) continue
      const what = isEnoughForAll ? 'shows' : 'begins on'
      problems.push(`scenes.${index}: it ${what} photo ${id}, as scenes.${before} does, although there are others.`)
    }
  }
  return problems
}

function tourProblems(
  scenes: readonly Scene[],
  usable: ReadonlySet<string>,
  typeOf: ReadonlyMap<string, string | null>,
): string[] {
  const problems = scenes.flatMap(({ scene_type: type, asset_ids: ids }, index) => {
    const [first = ''] = ids
    const shown = typeOf.get(first)
    const isOther = shown && shown !== type
    return [
      ...ids
        .filter((id) => !usable.has(id))
        .map((id) => `scenes.${index}: by your list photo ${id} shows none of the property types; leave it out.`),
      ...(isOther ? [`scenes.${index}: it is called ${type}, but by your list photo ${first} shows ${shown}.`] : []),
    ]
  })
  const types = scenes.map(({ scene_type }) => scene_type)
  const tour = inTourOrder(types)
  if (types.some((type, index) => type !== tour[index])) {
    problems.push(`A tour begins outside and shows room after room. Put the scenes in this order: ${tour.join(', ')}.`)
  }
  return problems
}

/** Photos that somebody named are shown in that order, a tour's within each room, and all of them where they fit in. */
function orderProblems(scenes: readonly Scene[], photos: readonly StoryboardPhoto[], isTour: boolean): string[] {
  if (scenes.length >= photos.length) return []
  const placeOf = new Map(photos.map(({ id }, place) => [id, place]))
  const isOrdered = (ids: readonly string[]) =>
    ids.every((id, index) => index === 0 || (placeOf.get(id) ?? 0) >= (placeOf.get(ids[index - 1] ?? '') ?? 0))
  const runs = isTour
    ? [...new Set(scenes.map(({ scene_type }) => scene_type))].map((type) =>
        scenes.flatMap(({ scene_type, asset_ids: [first] }) => (scene_type === type && first ? [first] : [])),
      )
    : [scenes.flatMap(({ asset_ids }) => asset_ids)]
  const problems = runs.every(isOrdered) ? [] : ['The photos are not in the order of the list, which somebody chose.']
  if (isTour || photos.length > 2 * scenes.length) return problems
  const shown = new Set(scenes.flatMap(({ asset_ids }) => asset_ids))
  const missing = photos.filter(({ id }) => !shown.has(id))
  return [...problems, ...missing.map(({ id }) => `Photo ${id} is in no scene, although somebody chose it.`)]
}
