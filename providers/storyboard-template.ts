/** Writes storyboards without a language model: the same brief always gives the same storyboard. */
import type { StoryboardBrief, StoryboardScene } from '../domain/storyboard.ts'
import type { Transition } from '../domain/transitions.ts'
import { type PlannedScene, planFilm } from './plan/plan-film.ts'
import type { StoryboardWriter } from './ports.ts'
import { capital, line, movePrompt, namesOf, words } from './template-prompt.ts'

export function createTemplateWriter(): StoryboardWriter {
  return {
    async write(brief) {
      const { scenes, photos } = planFilm(brief)
      return {
        scenes: scenes.map((scene, index) =>
          writeScene(brief, scene, index, actOf(index, scenes.length), scenes.length),
        ),
        source: 'template',
        ...(photos && { photos }),
      }
    },
  }
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

/** Slow moves that an image-to-video model keeps steady. */
const PUSH_IN = { movement: 'slow push in', motion: 'pushes in slowly at constant speed' }
const PULL_BACK = { movement: 'slow pull back', motion: 'pulls back slowly and reveals the surroundings' }
const BETWEEN = [
  { movement: 'gliding track right', motion: 'glides sideways to the right at constant speed, with gentle parallax' },
  { movement: 'slow arc left', motion: 'moves in a slow arc to the left around the subject' },
  { movement: 'gentle crane up', motion: 'rises gently while it stays level' },
  { movement: 'gliding track left', motion: 'glides sideways to the left at constant speed, with gentle parallax' },
] as const

/** The film goes in at its beginning and steps back at its end. */
function cameraOf(index: number, act: Act) {
  if (act === 'opening') return PUSH_IN
  if (act === 'closing') return PULL_BACK
  return BETWEEN[(index - 1) % BETWEEN.length] as (typeof BETWEEN)[number]
}

const ROLE: Record<Act, string> = {
  opening: 'Establishes where we are',
  build: 'Leads on',
  peak: 'Shows the best of it',
  closing: 'Lets the film come to rest',
}

function writeScene(
  brief: StoryboardBrief,
  scene: PlannedScene,
  index: number,
  act: Act,
  scenes: number,
): StoryboardScene {
  const camera = cameraOf(index, act)
  const shot = brief.firstPhotoOnly ? { ...scene, last: scene.first, lastType: scene.type } : scene
  const names = namesOf(shot)
  const genre = line(brief.musicGenre, 80) ?? 'warm cinematic ambient'
  return {
    title: title(brief, scene, index, act),
    description: `${ROLE[act]}: ${names.shown}.${act === 'opening' ? about(brief) : ''}`,
    prompt: movePrompt(shot, names, { motion: camera.motion, style: line(brief.style, 80) }),
    duration: brief.clipDuration,
    transition: transitionAfter(brief, index, scenes),
    scene_type: scene.type || { opening: 'opening', build: 'showcase', peak: 'showcase', closing: 'closing' }[act],
    camera_movement: camera.movement,
    motion_goal:
      shot.first.id === shot.last.id ? `bring it to life: ${names.shown}` : `carry the eye on: ${names.shown}`,
    asset_ids: [scene.first.id, scene.last.id],
    music_description: `Instrumental ${genre}: ${MUSIC[act].description}; the same tempo and key throughout the film`,
    music_style: genre,
    music_energy: MUSIC[act].energy,
  }
}

/** Left to us, the film flows, and comes to rest before its last scene. */
function transitionAfter({ transition }: StoryboardBrief, index: number, scenes: number): Transition {
  if (transition !== 'auto') return transition
  return scenes > 2 && index === scenes - 2 ? 'fade_black' : 'crossfade'
}

function title(brief: StoryboardBrief, scene: PlannedScene, index: number, act: Act): string {
  if (brief.jobType === 'campaign') return `${line(brief.campaignName, 80) ?? 'Campaign'}: ${act}`
  if (scene.type) return capital(words(scene.type)) || scene.type
  return capital(namesOf(scene).caption ?? `Scene ${index + 1}`)
}

function about(brief: StoryboardBrief): string {
  const purpose = line(brief.goal, 120) ?? line(brief.brief, 120)
  return brief.jobType === 'campaign' && purpose ? ` Its purpose: ${purpose}.` : ''
}
