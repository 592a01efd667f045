/** Writes storyboards without a language model: the same brief always gives the same storyboard. */
import type { StoryboardBrief, StoryboardPhoto, StoryboardScene } from '../domain/storyboard.ts'
import type { Transition } from '../domain/transitions.ts'
import { classifyPhotos } from './photo-types.ts'
import type { StoryboardWriter } from './ports.ts'

export function createTemplateWriter(): StoryboardWriter {
  return {
    async write(brief) {
      return { scenes: writeScenes(brief), source: 'template' }
    },
  }
}

/** A photo at its place in the film, with the scene type it stands for. */
interface Stop {
  photo: StoryboardPhoto
  type: string
}

function writeScenes(brief: StoryboardBrief): StoryboardScene[] {
  if (brief.photos.length === 0) throw new Error('A storyboard needs at least one photo.')
  const tour = brief.propertyTypes?.length
    ? classifyPhotos(brief.photos, brief.propertyTypes)
    : brief.photos.map((photo) => ({ photo, type: '' }))
  return Array.from({ length: brief.sceneCount }, (_, index) => {
    const start = startOf(index, brief.sceneCount, tour.length)
    const first = tour[start] as Stop
    const last = partnerOf(start, tour)
    const act = actOf(index, brief.sceneCount)
    return writeScene(brief, { first, last, index, act })
  })
}

/** Where scene `index` of `scenes` begins: spread over all photos, none twice while there are enough. */
function startOf(index: number, scenes: number, photos: number): number {
  return scenes <= photos ? Math.floor((index * photos) / scenes) : index % photos
}

/** The picture to end on: the next one of the same room, else the next one; the same only when it is the only one. */
function partnerOf(start: number, tour: readonly Stop[]): Stop {
  const following = [...tour.slice(start + 1), ...tour.slice(0, start)]
  const here = tour[start] as Stop
  return following.find(({ type }) => type === here.type) ?? following[0] ?? here
}

type Act = 'opening' | 'build' | 'peak' | 'closing'

/** The film's arc: it opens, builds to a peak and closes calmly. */
function actOf(index: number, scenes: number): Act {
  if (index === scenes - 1) return scenes === 1 ? 'opening' : 'closing'
  if (index === 0) return 'opening'
  return index / (scenes - 1) < 0.5 ? 'build' : 'peak'
}

const MUSIC: Record<Act, { energy: string; description: string }> = {
  opening: { energy: 'low', description: 'a sparse opening, a single melody over soft pads' },
  build: { energy: 'medium', description: 'light percussion and bass join, the melody grows' },
  peak: { energy: 'high', description: 'the full arrangement, bright and driving' },
  closing: { energy: 'calm', description: 'the percussion drops out, the melody resolves and fades' },
}

/** Slow moves that an image-to-video model keeps steady; outside first, then the ones for rooms. */
const CAMERA = [
  { movement: 'slow push in', motion: 'pushes in slowly at constant speed' },
  { movement: 'gliding track right', motion: 'glides sideways to the right at constant speed, with gentle parallax' },
  { movement: 'slow arc left', motion: 'moves in a slow arc to the left around the subject' },
  { movement: 'slow pull back', motion: 'pulls back slowly and reveals the surroundings' },
  { movement: 'gentle crane up', motion: 'rises gently while it stays level' },
] as const

const ROLE: Record<Act, string> = {
  opening: 'establishes where we are',
  build: 'leads on',
  peak: 'shows the best of it',
  closing: 'lets the film come to rest',
}

function writeScene(
  brief: StoryboardBrief,
  { first, last, index, act }: { first: Stop; last: Stop; index: number; act: Act },
): StoryboardScene {
  const camera = CAMERA[index % CAMERA.length] as (typeof CAMERA)[number]
  const type = first.type || { opening: 'opening', build: 'showcase', peak: 'showcase', closing: 'closing' }[act]
  const subject = describe(first.photo) ?? (first.type ? words(first.type) : 'the first picture')
  const target = describe(last.photo) ?? (last.type ? words(last.type) : 'the last picture')
  const single = first.photo.id === last.photo.id
  const journey = single ? `of ${subject}` : `from ${subject} to ${target}`
  const style = line(brief.style, 80) ?? 'cinematic, realistic, natural colours'
  const genre = line(brief.musicGenre, 80) ?? 'warm cinematic ambient'
  return {
    title: title(brief, first, index, act),
    description: `${capital(ROLE[act])}: one continuous shot ${journey}${about(brief)}.`,
    prompt: [
      `One continuous shot ${journey}.`,
      `The camera ${camera.motion}, on a stabilised gimbal, without cuts, shakes or zooms.`,
      single ? '' : 'It starts on exactly the first picture and arrives on exactly the last one.',
      'Only what would move by itself moves: leaves, curtains, water, light on surfaces.',
      'Natural light that stays the same from beginning to end.',
      'Shapes, materials, colours, faces and any lettering stay as they are in the pictures; nothing and nobody is added.',
      `Style: ${style}.`,
    ]
      .filter(Boolean)
      .join(' '),
    duration: brief.clipDuration,
    transition: transitionAfter(brief, index),
    scene_type: type,
    camera_movement: camera.movement,
    motion_goal: single ? `bring ${subject} to life` : `carry the eye ${journey}`,
    asset_ids: [first.photo.id, last.photo.id],
    music_description: `Instrumental ${genre}: ${MUSIC[act].description}; the same tempo and key throughout the film`,
    music_style: genre,
    music_energy: MUSIC[act].energy,
  }
}

/** Left to us, the film flows, and comes to rest before its last scene. */
function transitionAfter({ transition, sceneCount }: StoryboardBrief, index: number): Transition {
  if (transition !== 'auto') return transition
  return sceneCount > 2 && index === sceneCount - 2 ? 'fade_black' : 'crossfade'
}

function title(brief: StoryboardBrief, first: Stop, index: number, act: Act): string {
  if (brief.jobType === 'campaign') return `${line(brief.campaignName, 80) ?? 'Campaign'}: ${act}`
  if (first.type) return capital(words(first.type))
  return capital(describe(first.photo) ?? `Scene ${index + 1}`)
}

function about(brief: StoryboardBrief): string {
  const purpose = line(brief.goal, 120) ?? line(brief.brief, 120)
  return brief.jobType === 'campaign' && purpose ? `, for ${purpose}` : ''
}

/** What a photo shows, in its owner's words; null when they only named a file. */
function describe({ name, description, tags }: StoryboardPhoto): string | null {
  const caption = line(description, 120)
  if (caption) return caption
  const label = words(name.replace(/\.[a-z0-9]{2,5}$/i, ''))
  // IMG_1234, DSC0012, IMG-20260101-WA0007: no word of three letters behind what the camera begins with.
  const byCamera = !/\p{L}{3}/u.test(label.replace(/^(img|dsc[nf]?|pxl|dji|gopr|image|photo|picture|screenshot)/i, ''))
  return line(byCamera ? tags.slice(0, 4).join(', ') : label, 80)
}

const words = (text: string) => text.replace(/[_-]+/g, ' ').trim()
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** One line of at most `length` characters, without the dot at its end; null when nothing is left. */
function line(text: string | null, length: number): string | null {
  const characters = [...(text ?? '').replace(/\s+/g, ' ').trim()].slice(0, length)
  return characters.join('').replace(/[.\s]+$/, '') || null
}
