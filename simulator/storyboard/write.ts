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
  scene_count: z.number().int().min(1).max(200),
  clip_duration: z.number().positive(),
  property_types: z.array(z.string()).nullish(),
  style: z.string().nullish(),
  music_genre: z.string().nullish(),
  campaign: z.object({ name: z.string().nullish(), goal: z.string().nullish() }).nullish(),
  allowed_durations: z.array(z.number()).nullish(),
})
type Request = z.infer<typeof Request>
type Photo = z.infer<typeof Photo>

const MOVES = [
  { name: 'slow push in', verb: 'pushes in slowly', goal: 'draw the viewer in' },
  { name: 'pan right', verb: 'pans gently to the right', goal: 'reveal the surroundings' },
  { name: 'pull back', verb: 'pulls back steadily', goal: 'show the whole scene' },
  { name: 'crane up', verb: 'rises smoothly', goal: 'open the view' },
  { name: 'orbit', verb: 'circles softly', goal: 'add depth' },
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

/** @param images the request's images, in the order of its photos */
export function writeStoryboard(request: Request, images: readonly SeenImage[]) {
  return { scenes: Array.from({ length: request.scene_count }, (_, index) => sceneOf(request, images, index)) }
}

function sceneOf(request: Request, images: readonly SeenImage[], index: number) {
  const { photos, scene_count: count, property_types: types } = request
  const [first, last] = pairOf(photos, index)
  const move = pick(MOVES, index)
  const mood = images[photos.indexOf(first)]?.mood ?? 'natural'
  const style = request.style ? `, in a ${request.style} style` : ''
  const energy = index === 0 ? 'low' : index === count - 1 ? 'high' : 'medium'
  const genre = request.music_genre || 'cinematic'
  const campaign = request.campaign?.name ?? 'the campaign'
  return {
    title: `${capitalized(labelOf(first))}${first === last ? '' : ` to ${labelOf(last)}`}`,
    description: `Scene ${index + 1} of ${campaign}: ${first.description || labelOf(first)}, then ${last.description || labelOf(last)}.`,
    prompt: `The camera ${move.verb} on ${labelOf(first)} in ${mood} light and settles on ${labelOf(last)}${style}. Smooth motion, realistic detail.`,
    duration: durationOf(request),
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
  const words = [photo.name, photo.description, ...(photo.tags ?? [])].join(' ').toLowerCase()
  return types.find((type) => words.includes(type.replaceAll('_', ' ').toLowerCase())) ?? pick(types, index)
}

/** The allowed duration that is nearest to the wanted one, in seconds. */
function durationOf({ clip_duration: wanted, allowed_durations: allowed }: Request): number {
  if (!allowed?.length) return wanted
  return allowed.reduce((best, each) => (Math.abs(each - wanted) < Math.abs(best - wanted) ? each : best))
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
