/** What the template says of a scene: how its photos are named, and the prompt that an image-to-video model is given. */
import type { StoryboardPhoto } from '../domain/storyboard.ts'
import { labelOf } from './plan/photo-words.ts'
import type { PlannedScene } from './plan/plan-film.ts'

/** Characters of a caption: more than that tells a model no more. */
const CAPTION = 120

export interface SceneNames {
  /** Of the first photo, in its owner's words; null when they wrote none about it. */
  caption: string | null
  /** What the photos show, by those words or by their rooms; null for what nothing is known of. */
  first: string | null
  last: string | null
  /** As in "the jetty, then the lake". */
  shown: string
}

export function namesOf({ first, last, type, lastType }: PlannedScene): SceneNames {
  const caption = captionOf(first)
  const [begin, end] = [caption ?? (words(type) || null), captionOf(last) ?? (words(lastType) || null)]
  const isOne = first.id === last.id || (begin !== null && begin === end)
  const shown = isOne ? (begin ?? 'the picture') : `${begin ?? 'the first picture'}, then ${end ?? 'the last one'}`
  return { caption, first: begin, last: end, shown: uncapital(shown) }
}

/** One paragraph: where it goes, how the camera moves, what else does, what the light does, what must not change. */
export function movePrompt(
  scene: PlannedScene,
  { first, last }: SceneNames,
  { motion, style }: { motion: string; style: string | null },
): string {
  return [
    'One continuous shot.',
    scene.first.id === scene.last.id
      ? `It starts on exactly the picture${named(first)} and stays with it.`
      : `It starts on exactly the first picture${named(first)} and arrives on exactly the last one${named(last)}.`,
    `The camera ${motion}, on a stabilised gimbal, without cuts, shakes or zooms.`,
    `Only what would move by itself moves, where the pictures show it: ${lifeOf(scene.type)}.`,
    lightOf(scene),
    'Shapes, materials, colours, faces and any lettering stay as they are in the pictures; nothing and nobody is added.',
    `Style: ${style ?? 'cinematic, realistic, natural colours'}.`,
  ].join(' ')
}

const named = (name: string | null) => (name === null ? '' : ` (${uncapital(name)})`)

const LIFE: Record<string, string> = {
  exterior: 'leaves, grass, clouds, water',
  kitchen: 'curtains, steam, reflections on the surfaces',
  bathroom: 'water, steam, reflections in mirrors and tiles',
  bedroom: 'curtains, light on the fabrics',
  living_room: 'curtains, a fire, light on the furniture',
  interior: 'curtains, plants, light on the surfaces',
}

const lifeOf = (type: string) => LIFE[type] ?? 'leaves, curtains, water, light on surfaces'

/** Difference of mean brightness that is seen. */
const ANOTHER_LIGHT = 0.15

function lightOf({ first, last }: PlannedScene): string {
  const brighter = (last.look?.brightness ?? 0) - (first.look?.brightness ?? 0)
  if (!first.look || !last.look || Math.abs(brighter) < ANOTHER_LIGHT) {
    return 'Natural light that stays the same from beginning to end.'
  }
  return `Natural light that grows ${brighter > 0 ? 'brighter' : 'dimmer'} evenly, from that of the first picture to that of the last.`
}

/** What a photo shows, in its owner's words; null when they only named a file. */
function captionOf({ name, description, tags }: StoryboardPhoto): string | null {
  const told = line(firstSentence(description), CAPTION)
  if (told) return told
  const inName = labelOf(name)
  // IMG_1234, DSC0012, IMG-20260101-WA0007: no word of three letters behind what the camera begins with.
  const rest = inName.replace(/^(img|dsc[nf]?|pxl|dji|gopr|image|photo|picture|screenshot)/i, '')
  const label = /\p{L}{3}/u.test(rest) || /[^\p{Script=Latin}\P{L}]/u.test(rest) ? inName : ''
  const others = tags.filter((tag) => tag.trim() && !label.toLowerCase().includes(tag.trim().toLowerCase())).slice(0, 4)
  const tagged = others.map((tag) => words(tag)).join(', ')
  return line([label, tagged].filter(Boolean).join(', '), CAPTION)
}

const firstSentence = (text: string | null) => /^[\s\S]{15,}?(?:[.!?](?=\s|$)|[。！？])/.exec(text ?? '')?.[0] ?? text

export const words = (text: string) => text.replace(/[_-]+/g, ' ').trim()
export const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** Within a sentence an article is not written as at its beginning; a name is. */
const uncapital = (text: string) => text.replace(/^(An?|The|Our|My|Your|Its?|This|That) /, (word) => word.toLowerCase())

/** One line of at most `length` characters, cut between words and without the dot at its end; null when nothing is left. */
export function line(text: string | null, length: number): string | null {
  const whole = (text ?? '').replace(/\s+/g, ' ').trim()
  const characters = [...whole]
  const cut = characters.slice(0, length).join('')
  const inWords = characters.length > length && cut.includes(' ') ? cut.slice(0, cut.lastIndexOf(' ')) : cut
  return inWords.replace(/[.,;:\s]+$/, '') || null
}
