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
  const durations = durationsOf(request)
  const shown = request.photos.filter(({ id }) => seen.has(id))
  return {
    scenes: durations.map((duration, index) => sceneOf(request, seen, index, duration)),
    photos: shown.map((photo) => typeSeen(photo, request.property_types ?? [])),
  }
}

function sceneOf(request: Request, images: ReadonlyMap<string, SeenImage>, index: number, duration: number) {
  const { photos, scene_count: count, property_types: types } = request
  const [first, last] = pairOf(photos, index)
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
      `${capitalized(labelOf(first))}, a ${seen?.shape ?? 'wide'} picture, leads over to ${labelOf(last)}.`,
      `The camera ${move.verb} at constant speed and settles on ${labelOf(last)}.`,
      `${move.moves}.`,
      `The light is ${light} and stays the same throughout.`,
      `Shapes, materials, colours and lettering stay unchanged; nothing is added.${style}`,
    ].join(' '),
    duration,
    transition: pick(TRANSITIONS, index),
    scene_type: types?.length ? typeOf(first, types, index) : index === count - 1 ? 'closing' : pick(TYPES, index),
    camera_movement: move.name,
    motion_goal: move.goal,
    asset_ids: [first.id, last.id],
    music_description: `${capitalized(genre)} music, ${energy} energy, for ${labelOf(first)}`,
    music_style: genre,
    music_energy: energy,
  }
}

/** Neighbouring photos; once all pairs have had their turn, ones that are further apart. */
function pairOf(photos: readonly Photo[], index: number): [Photo, Photo] {
  const apart = 1 + (Math.floor(index / photos.length) % Math.max(1, photos.length - 1))
  return [pick(photos, index), pick(photos, index + apart)]
}

/** The allowed type that the photo's name or tags speak of, else the next in turn. */
function typeOf(photo: Photo, types: readonly string[], index: number): string {
  return spokenType(photo, types) ?? pick(types, index)
}

function spokenType({ name, description, tags }: Photo, types: readonly string[]): string | undefined {
  const words = [name, description, ...(tags ?? [])].join(' ').replaceAll('_', ' ').toLowerCase()
  return types.find((type) => words.includes(type.replaceAll('_', ' ').toLowerCase()))
}

function typeSeen(photo: Photo, types: readonly string[]) {
  const type = spokenType(photo, types)
  return { id: photo.id, type: type ?? 'none of these', confidence: type ? 0.9 : 0.6 }
}

/** Of each scene the allowed duration, in seconds, that is nearest to its share of what is left of the film's, or to the wanted one. */
function durationsOf(request: Request): number[] {
  const { scene_count: count, clip_duration: wanted, duration_seconds: total, allowed_durations: allowed } = request
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
