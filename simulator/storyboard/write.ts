/** Writes a storyboard for a campaign from what the request says and shows, always the same for the same request. */

import { z } from 'zod'
import type { SeenImage } from './messages.ts'

const Photo = z.object({
  id: z.string(),
  name: z.string().nullish(),
  description: z.string().nullish(),
  tags: z.array(z.string()).nullish(),
})
const Request = z.object({
  photos: z.array(Photo).min(1),
  scene_count: z.number().int().min(1).max(500),
  scene_count_follows_photos: z.boolean().nullish(),
  ends_on_last_photo: z.boolean().nullish(),
  clip_duration: z.number().positive(),
  duration_seconds: z.number().positive().nullish(),
  property_types: z.array(z.string()).nullish(),
  style: z.string().nullish(),
  music_genre: z.string().nullish(),
  campaign: z.object({ name: z.string().nullish(), goal: z.string().nullish() }).nullish(),
  allowed_durations: z.array(z.number()).nullish(),
})
type Request = z.infer<typeof Request>
type Photo = z.infer<typeof Photo>

const MOVES = [
  { name: 'slow push in', verb: 'pushes in slowly', goal: 'draw the viewer in', moves: 'Only reflections shift' },
  {
    name: 'pan right',
    verb: 'pans gently to the right',
    goal: 'reveal the surroundings',
    moves: 'Leaves stir a little',
  },
  { name: 'pull back', verb: 'pulls back steadily', goal: 'show the whole scene', moves: 'Everything else is still' },
  { name: 'crane up', verb: 'rises smoothly', goal: 'open the view', moves: 'Clouds drift slowly' },
  { name: 'orbit', verb: 'circles softly', goal: 'add depth', moves: 'Dust floats in the light' },
]
const TYPES = ['opening', 'feature', 'detail', 'atmosphere']
const TRANSITIONS = ['crossfade', 'cut']

/** The JSON between `<campaign>` tags, or null when there is none that can be read. */
export function campaignIn(text: string): Request | null {
  const json = /<campaign>([\s\S]*?)<\/campaign>/.exec(text)?.[1]
  if (json === undefined) return null
  try {
    return Request.parse(JSON.parse(json))
  } catch {
    return null
  }
}

/** @param seen what was looked at, by the photos' ids */
export function writeStoryboard(request: Request, seen: ReadonlyMap<string, SeenImage>) {
  const types = request.property_types ?? []
  const judged = judge(request.photos, types)
  const tour = tourOf(request.photos, types, judged)
  const count = request.scene_count_follows_photos ? Math.min(request.scene_count, tour.length) : request.scene_count
  const durations = durationsOf(request, count)
  return {
    scenes: durations.map((duration, index) =>
      sceneOf({ ...request, scene_count: count }, seen, index, duration, tour),
    ),
    photos: judged.filter(({ id }) => seen.has(id)),
  }
}

interface Shot {
  photo: Photo
  type: string | undefined
}

function sceneOf(
  request: Request,
  images: ReadonlyMap<string, SeenImage>,
  index: number,
  duration: number,
  tour: readonly Shot[],
) {
  const { scene_count: count } = request
  const [{ photo: first, type }, { photo: ending }] = pairOf(tour, index, count)
  const last = request.ends_on_last_photo === false ? first : ending
  const move = pick(MOVES, index)
  const seen = images.get(first.id)
  const light = seen ? `${seen.light}, ${seen.color}` : 'natural'
  const style = request.style ? ` Style: ${request.style}.` : ''
  const energy = index === 0 ? 'low' : index === count - 1 ? 'calm' : 'medium'
  const genre = request.music_genre || 'cinematic'
  const campaign = request.campaign?.name ?? 'the campaign'
  return {
    title: `${capitalized(labelOf(first))}${first === last ? '' : ` to ${labelOf(last)}`}`,
    description: `Scene ${index + 1} of ${campaign}: ${first.description || labelOf(first)}, then ${last.description || labelOf(last)}.`,
    prompt: [
      `${capitalized(labelOf(first))}, a ${seen?.shape ?? 'wide'} picture, ${first === last ? 'stays in view' : `leads over to ${labelOf(last)}`}.`,
      `The camera ${move.verb} at constant speed and settles on ${labelOf(last)}.`,
      `${move.moves}.`,
      `The light is ${light} and stays the same throughout.`,
      `Shapes, materials, colours and lettering stay unchanged; nothing is added.${style}`,
    ].join(' '),
    duration,
    transition: pick(TRANSITIONS, index),
    scene_type: type ?? (index === count - 1 ? 'closing' : pick(TYPES, index)),
    camera_movement: move.name,
    motion_goal: move.goal,
    asset_ids: [first.id, ending.id],
    music_description: `${capitalized(genre)} music, ${energy} energy, for ${labelOf(first)}`,
    music_style: genre,
    music_energy: energy,
  }
}

/** Neighbours, from all over the list, no photo twice where there are two for each scene; with too few, ones that are further apart. */
function pairOf(tour: readonly Shot[], index: number, count: number): [Shot, Shot] {
  if (tour.length > count) {
    const begin = count === 1 ? 0 : Math.round((index * (tour.length - 2)) / (count - 1))
    return [pick(tour, begin), pick(tour, begin + 1)]
  }
  const begin = Math.floor((index * tour.length) / count)
  const before = index - Math.ceil((begin * count) / tour.length)
  const apart = 1 + (before % Math.max(1, tour.length - 1))
  return [pick(tour, begin), pick(tour, begin + apart)]
}

const NO_TYPE = 'none of these'

/** What each photo shows, as its name, description or tags say; where hardly any says something, it is guessed in turn. */
function judge(photos: readonly Photo[], types: readonly string[]) {
  const spoken = photos.map((photo) => spokenType(photo, types))
  const isGuessed = spoken.filter(Boolean).length < 2
  return photos.map(({ id }, index) => {
    const type = spoken[index] ?? (isGuessed && types.length > 0 ? pick(types, index) : NO_TYPE)
    return { id, type, confidence: spoken[index] ? 0.9 : isGuessed ? 0.3 : 0.6 }
  })
}

/** The photos of the film: of a property those of its types, from outside in, room after room. */
function tourOf(photos: readonly Photo[], types: readonly string[], judged: ReturnType<typeof judge>): Shot[] {
  if (types.length === 0) return photos.map((photo) => ({ photo, type: undefined }))
  const visit = [...types].sort((a, b) => Number(b === 'exterior') - Number(a === 'exterior'))
  return visit.flatMap((type) =>
    photos.flatMap((photo, index) => (judged[index]?.type === type ? [{ photo, type }] : [])),
  )
}

function spokenType({ name, description, tags }: Photo, types: readonly string[]): string | undefined {
  const words = [name, description, ...(tags ?? [])].join(' ').replaceAll('_', ' ').toLowerCase()
  return types.find((type) => words.includes(type.replaceAll('_', ' ').toLowerCase()))
}

/** Of each scene the allowed duration, in seconds, that is nearest to its share of what is left of the film's, or to the wanted one. */
function durationsOf(request: Request, count: number): number[] {
  const { clip_duration: wanted, duration_seconds: total, allowed_durations: allowed } = request
  let left = total ?? 0
  return Array.from({ length: count }, (_, index) => {
    const share = total ? left / (count - index) : wanted
    const duration = allowed?.length
      ? allowed.reduce((best, each) => (Math.abs(each - share) < Math.abs(best - share) ? each : best))
      : share
    left -= duration
    return duration
  })
}

function labelOf({ name, tags }: Photo): string {
  const words = (name ?? '')
    .replace(/\.\w+$/, '')
    .replace(/[_-]+/g, ' ')
    .trim()
  return words ? `the ${words.replace(/^the /i, '')}` : `the ${tags?.[0] ?? 'subject'}`
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function pick<T>(list: readonly [T, ...T[]] | readonly T[], index: number): T {
  return list[index % list.length] as T
}
