/**
 * Plans a film without looking at what its photos show: which of them, in which order, from which to which. It knows what can be
 * computed of them and what their owners say. The same brief always gives the same plan. The rest of this folder are its steps.
 */
import type { PhotoType, StoryboardBrief, StoryboardPhoto } from '../../domain/storyboard.ts'
import { arrange } from './arrange.ts'
import { choosePhotos, spread } from './choose-photos.ts'
import { cutIntoMoves, type Move } from './cut-into-moves.ts'
import { likenessOf } from './likeness.ts'
import { classifyPhotos, inVisitOrder } from './photo-types.ts'
import { scenesOf } from './prepare-brief.ts'
import { shareScenes } from './share-scenes.ts'

/** What a scene begins and ends on. */
export interface PlannedScene {
  first: StoryboardPhoto
  last: StoryboardPhoto
  /** Of a property's film, the types of the two; else empty. */
  type: string
  lastType: string
}

export interface FilmPlan {
  scenes: PlannedScene[]
  /** Of a property's film, what each photo was taken for. */
  photos?: PhotoType[]
}

/** So many photos of a room are compared, each with each; of more, a part that is spread over all. */
const MOST_COMPARED = 120

/** @throws when there is no photo */
export function planFilm(brief: StoryboardBrief): FilmPlan {
  if (brief.photos.length === 0) throw new Error('A storyboard needs at least one photo.')
  const { propertyTypes, hasOwnOrder, aspectRatio: film } = brief
  const photos = propertyTypes?.length ? classifyPhotos(brief.photos, propertyTypes) : undefined
  const typeOf = new Map(photos?.map(({ id, type }) => [id, type]))
  const roomOf = ({ id }: StoryboardPhoto) => typeOf.get(id) ?? ''
  const placed = photos ? brief.photos.filter((photo) => roomOf(photo) !== '') : brief.photos
  const sceneCount = scenesOf(brief, placed.length)
  const needed = hasOwnOrder ? 2 * sceneCount : Math.max(2, sceneCount)
  const chosen = choosePhotos(placed, needed, { film, roomOf })
  const rooms = roomsOf(chosen, roomOf, propertyTypes?.length ? inVisitOrder(propertyTypes) : [''])
  const shares = shareScenes(
    rooms.map((room) => room.photos.length),
    sceneCount,
  )
  const scenes = rooms.flatMap((room, index) => scenesIn(room, shares[index] ?? 0, hasOwnOrder ?? false))
  const told = withCompany(scenes, chosen).map((scene) => ({ ...scene, lastType: roomOf(scene.last) }))
  return { scenes: told, photos }
}

interface Room {
  type: string
  photos: StoryboardPhoto[]
}

/** In the order of a visit; those without photos are left out. */
function roomsOf(
  photos: readonly StoryboardPhoto[],
  roomOf: (photo: StoryboardPhoto) => string,
  visit: readonly string[],
): Room[] {
  const rooms = visit.map((type) => ({ type, photos: photos.filter((photo) => roomOf(photo) === type) }))
  return rooms.filter((room) => room.photos.length > 0)
}

/** A scene of a room with one photo has nothing to go to yet. */
type HalfPlanned = Omit<PlannedScene, 'last' | 'lastType'> & { last: StoryboardPhoto | null }

function scenesIn({ type, photos }: Room, scenes: number, hasOwnOrder: boolean): HalfPlanned[] {
  const [only] = photos
  if (only && photos.length === 1) return Array.from({ length: scenes }, () => ({ first: only, last: null, type }))
  const compared = spread(photos, Math.max(MOST_COMPARED, 2 * scenes))
  const likeness = likenessOf(compared)
  const order = hasOwnOrder ? compared.map((_, place) => place) : arrange(compared.length, likeness)
  const at = (place: number) => order[place] ?? 0
  const moves = cutIntoMoves(order.length, scenes, (a, b) => likeness(at(a), at(b)))
  const told = moves.map(([first, last]): Move => [at(first), at(last)])
  return (hasOwnOrder || order.length <= scenes ? told : inOwnersOrder(told)).flatMap(([first, last]) => {
    const [begin, end] = [compared[first], compared[last]]
    return begin && end ? [{ first: begin, last: end, type }] : []
  })
}

/** Runs of moves, each going on where the one before ends, begin with the photo that was added first and follow each other so. */
function inOwnersOrder(moves: readonly Move[]): Move[] {
  const runs: Move[][] = []
  for (const move of moves) {
    const run = runs.at(-1)
    if (run && run.at(-1)?.[1] === move[0]) run.push(move)
    else runs.push([move])
  }
  const forwards = runs.map((run) => {
    const isBackwards = (run[0]?.[0] ?? 0) > (run.at(-1)?.[1] ?? 0)
    return isBackwards ? run.toReversed().map(([first, last]): Move => [last, first]) : run
  })
  return forwards.sort((a, b) => Math.min(...a.flat()) - Math.min(...b.flat())).flat()
}

/** Where a room has one photo, its scenes end on the photo that goes with it best of those shown least; on itself if there is no other. */
function withCompany(
  scenes: readonly HalfPlanned[],
  photos: readonly StoryboardPhoto[],
): (HalfPlanned & { last: StoryboardPhoto })[] {
  if (!scenes.some(({ last }) => last === null)) return scenes as (HalfPlanned & { last: StoryboardPhoto })[]
  const shown = new Map<StoryboardPhoto, number>()
  const count = (photo: StoryboardPhoto) => shown.set(photo, (shown.get(photo) ?? 0) + 1)
  for (const { first, last } of scenes) for (const photo of [first, last]) if (photo) count(photo)
  const likeness = likenessOf(photos)
  return scenes.map((scene) => {
    if (scene.last) return { ...scene, last: scene.last }
    const here = photos.indexOf(scene.first)
    const isSame = (place: number) => Number(likeness(here, place) < 0)
    const timesShown = (place: number) => shown.get(photos[place] as StoryboardPhoto) ?? 0
    const [best = here] = photos
      .flatMap((_, place) => (place === here ? [] : [place]))
      .sort((a, b) => isSame(a) - isSame(b) || timesShown(a) - timesShown(b) || likeness(here, b) - likeness(here, a))
    const last = photos[best] as StoryboardPhoto
    count(last)
    return { ...scene, last }
  })
}
