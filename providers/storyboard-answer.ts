/** What a language model has to answer when it writes a storyboard, and whether it did. */
import { z } from 'zod'
import type { StoryboardBrief, StoryboardScene } from '../domain/storyboard.ts'
import { TRANSITIONS } from '../domain/transitions.ts'
import { snapTo } from './models.ts'

const text = z.string()

/** The answer's form, for one campaign: only its photos and its scene types may be named. */
function answerSchema({ photos, propertyTypes, transition }: StoryboardBrief) {
  return z.strictObject({
    scenes: z.array(
      z.strictObject({
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
      }),
    ),
  })
}

/** The same form as JSON Schema. It has no bounds on lengths and numbers, which structured outputs may not support. */
export function answerJsonSchema(brief: StoryboardBrief): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(answerSchema(brief))
  return schema
}

export type ReadAnswer =
  | { ok: true; scenes: StoryboardScene[] }
  /** `problems` are sentences for the model; `invalidTypes` are scene types that the job does not allow. */
  | { ok: false; problems: string[]; invalidTypes: string[] }

/** Reads what the model wrote, checks it against the brief, and snaps durations to those that can be rendered. */
export function readAnswer(content: string, brief: StoryboardBrief): ReadAnswer {
  const answer = parseJson(content)
  if (answer === undefined) return { ok: false, problems: ['The answer is not JSON.'], invalidTypes: [] }
  const parsed = answerSchema(brief).safeParse(answer)
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'answer'}: ${issue.message}`)
    return { ok: false, problems, invalidTypes: invalidTypesOf(answer, brief.propertyTypes) }
  }
  const { scenes } = parsed.data
  const problems = scenes.flatMap((scene, index) =>
    problemsOf(scene, brief).map((words) => `scenes.${index}: ${words}`),
  )
  if (scenes.length !== brief.sceneCount) {
    problems.unshift(`There are ${scenes.length} scenes; exactly ${brief.sceneCount} are wanted.`)
  }
  if (problems.length > 0) return { ok: false, problems, invalidTypes: [] }
  return {
    ok: true,
    scenes: scenes.map((scene) => ({
      ...scene,
      duration: snapTo(brief.allowedDurations, scene.duration),
      asset_ids: [scene.asset_ids[0], scene.asset_ids[1]] as [string, string],
    })),
  }
}

type Scene = z.infer<ReturnType<typeof answerSchema>>['scenes'][number]

function problemsOf(scene: Scene, { photos }: StoryboardBrief): string[] {
  const problems = []
  const blank = Object.entries(scene).filter(([, value]) => typeof value === 'string' && value.trim() === '')
  for (const [field] of blank) problems.push(`${field} is empty`)
  if (scene.asset_ids.length !== 2) problems.push('asset_ids must be two ids, [first, last]')
  else if (photos.length > 1 && scene.asset_ids[0] === scene.asset_ids[1]) problems.push('asset_ids must differ')
  return problems
}

function invalidTypesOf(answer: unknown, allowed: string[] | null): string[] {
  const typed = z.object({ scenes: z.array(z.object({ scene_type: z.string() })) }).safeParse(answer)
  if (!typed.success || !allowed?.length) return []
  const types = typed.data.scenes.map(({ scene_type }) => scene_type)
  return [...new Set(types.filter((type) => !allowed.includes(type)))]
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content)
  } catch {
    return undefined
  }
}
