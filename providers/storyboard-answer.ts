/** What a language model has to answer when it writes a storyboard, and whether it did. */
import { z } from 'zod'
import { plainWords } from '../domain/plain-text.ts'
import type { PhotoType, StoryboardBrief, StoryboardScene } from '../domain/storyboard.ts'
import { TRANSITIONS } from '../domain/transitions.ts'
import { filmProblems } from './film-problems.ts'
import { mendFilm } from './mend-film.ts'
import { snapTo } from './models.ts'
import { classifyPhotos } from './plan/photo-types.ts'

const text = z.string()
/** Beside the property types, for what a photo shows. */
const NO_TYPE = 'none of these'

/** A scene's form, for one campaign: only its photos and its scene types may be named. */
function sceneSchema({ photos, propertyTypes, transition }: StoryboardBrief) {
  return z.strictObject({
    title: text,
    description: text,
    prompt: text,
    duration: z.number(),
    transition: z.enum(transition === 'auto' ? TRANSITIONS : [transition]),
    scene_type: propertyTypes?.length ? z.enum(propertyTypes) : text,
    camera_movement: text,
    motion_goal: text,
    asset_ids: z.array(z.enum(photos.map(({ id }) => id))),
    music_description: text,
    music_style: text,
    music_energy: z.enum(['low', 'medium', 'high', 'calm']),
  })
}

/** What a photo of a property shows. */
function photoSchema({ photos, propertyTypes }: StoryboardBrief) {
  return z.strictObject({
    id: z.enum(photos.map(({ id }) => id)),
    type: z.enum([...(propertyTypes ?? []), NO_TYPE]),
    confidence: z.number(),
  })
}

/** The answer's form as JSON Schema. It has no bounds on lengths and numbers, which structured outputs may not support. */
export function answerJsonSchema(brief: StoryboardBrief): Record<string, unknown> {
  const answer = z.strictObject({
    scenes: z.array(sceneSchema(brief)),
    ...(brief.propertyTypes?.length && { photos: z.array(photoSchema(brief)) }),
  })
  const { $schema, ...schema } = z.toJSONSchema(answer)
  return schema
}

export type ReadAnswer =
  /** `dropped`: what was taken out of its texts. */
  | { ok: true; scenes: StoryboardScene[]; photos?: PhotoType[]; dropped: string[] }
  /**
   * `problems` are sentences for the model; `invalidTypes` are scene types that the job does not allow, where nothing else is
   * wrong with the scenes. `scenes` are there where their form is right.
   */
  | { ok: false; problems: string[]; invalidTypes: string[]; dropped: string[]; scenes?: Scene[] }

/**
 * Reads what the model wrote, checks it against the brief, mends what it can (mend-film.ts), and snaps durations to those that can be rendered. Its texts come out as
 * plain words of bounded length: whatever it was talked into, no markup leaves here, and no address that would be followed as it
 * stands, as far as one can be told from words (domain/plain-text.ts).
 */
export function readAnswer(content: string, brief: StoryboardBrief): ReadAnswer {
  const answer = parseJson(content)
  if (answer === undefined) return unusable(['The answer is not JSON.'])
  const parsed = z.object({ scenes: z.array(sceneSchema(brief)) }).safeParse(answer)
  if (!parsed.success) {
    const { issues } = parsed.error
    const problems = issues.map((issue) => `${issue.path.join('.') || 'answer'}: ${issue.message}`)
    const onlyTypes = issues.every(({ path }) => path.at(-1) === 'scene_type')
    return unusable(problems, onlyTypes ? invalidTypesOf(answer, brief.propertyTypes) : [])
  }
  const dropped: string[] = []
  const scenes = parsed.data.scenes.map((scene, index) => plainScene(scene, `scenes.${index}`, brief, dropped))
  const problems = scenes.flatMap((scene, index) =>
    problemsOf(scene, brief).map((words) => `scenes.${index}: ${words}`),
  )
  const judged = judgedPhotos(answer, brief)
  const mended = mendFilm(scenes, brief, judged)
  problems.push(...filmProblems({ scenes, mended }, brief, judged))
  if (problems.length > 0) return { ok: false, problems, invalidTypes: [], dropped, scenes }
  return {
    ok: true,
    scenes: mended.map((scene) => ({
      ...scene,
      duration: snapTo(brief.allowedDurations, scene.duration),
      asset_ids: [scene.asset_ids[0], scene.asset_ids[1]] as [string, string],
    })),
    ...(brief.propertyTypes?.length && { photos: allPhotoTypes(judged, mended, brief, brief.propertyTypes) }),
    dropped,
  }
}

function unusable(problems: string[], invalidTypes: string[] = []): ReadAnswer {
  return { ok: false, problems, invalidTypes, dropped: [] }
}

type Scene = z.infer<ReturnType<typeof sceneSchema>>

/** In characters. Hailuo takes prompts of 2,000, and 120 words are about 800. */
const LONGEST = {
  title: 100,
  description: 500,
  prompt: 1500,
  scene_type: 60,
  camera_movement: 120,
  motion_goal: 200,
  music_description: 400,
  music_style: 100,
} as const satisfies Partial<Record<keyof Scene, number>>

/** @param dropped is told what was taken out, and where */
function plainScene(scene: Scene, at: string, { propertyTypes }: StoryboardBrief, dropped: string[]): Scene {
  const plain = { ...scene }
  for (const [name, length] of Object.entries(LONGEST) as [keyof typeof LONGEST, number][]) {
    // One of the job's own, letter by letter.
    if (name === 'scene_type' && propertyTypes?.length) continue
    const { words, dropped: found } = plainWords(scene[name], length)
    plain[name] = words
    dropped.push(...found.map((what) => `${at}.${name}: ${what}`))
  }
  return plain
}

function problemsOf(scene: Scene, { photos, firstPhotoOnly }: StoryboardBrief): string[] {
  const problems = []
  const blank = Object.entries(scene).filter(([, value]) => typeof value === 'string' && value.trim() === '')
  for (const [field] of blank) problems.push(`${field} is empty`)
  if (scene.asset_ids.length !== 2) problems.push('asset_ids must be two ids, [first, last]')
  else if (photos.length > 1 && !firstPhotoOnly && scene.asset_ids[0] === scene.asset_ids[1])
    problems.push('asset_ids must differ')
  return problems
}

/** What the model says that photos show. A storyboard is not refused for want of it. */
function judgedPhotos(answer: unknown, brief: StoryboardBrief): PhotoType[] {
  if (!brief.propertyTypes?.length) return []
  const read = z.object({ photos: z.array(photoSchema(brief)) }).safeParse(answer)
  const byId = new Map(
    read.data?.photos.map(({ id, type, confidence }) => [
      id,
      { id, type: type === NO_TYPE ? null : type, confidence: Math.min(1, Math.max(0, confidence)) },
    ]),
  )
  return [...byId.values()]
}

/**
 * What each photo was taken for, in the order of the photos. Of those that the model says nothing of (it is not shown all of very
 * many), the one that begins a scene is what the scene is called, and the others are what their owner's words say.
 */
function allPhotoTypes(
  judged: readonly PhotoType[],
  scenes: readonly Scene[],
  { photos }: StoryboardBrief,
  types: readonly string[],
): PhotoType[] {
  const seen = new Map(judged.map((photo) => [photo.id, photo]))
  const begun = new Map(scenes.map(({ asset_ids: [first], scene_type }) => [first, scene_type]))
  const unseen = photos.filter(({ id }) => !seen.has(id))
  for (const photo of classifyPhotos(unseen, types)) {
    const type = begun.get(photo.id)
    seen.set(photo.id, type && type !== photo.type ? { id: photo.id, type, confidence: 0 } : photo)
  }
  return photos.flatMap(({ id }) => seen.get(id) ?? [])
}

function invalidTypesOf(answer: unknown, allowed: string[] | null): string[] {
  const typed = z.object({ scenes: z.array(z.object({ scene_type: z.string() })) }).safeParse(answer)
  if (!typed.success || !allowed?.length) return []
  const types = typed.data.scenes.map(({ scene_type }) => plainWords(scene_type, LONGEST.scene_type).words)
  return [...new Set(types.filter((type) => !allowed.includes(type)))]
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content)
  } catch {
    return undefined
  }
}
