/**
 * How good a storyboard is, as far as that can be counted: 0 to 1 each. It can't see the film; what it finds is what goes wrong
 * with language models, and what a change of the prompt or the model makes better or worse.
 */
import type { StoryboardScene } from '../../domain/storyboard.ts'
import { readAnswer } from '../../providers/storyboard-answer.ts'
import type { EvalBrief } from './recordings.ts'

export interface Score {
  /** Whether it can be taken as it is: its schema, its photos and their order, its types, the number of its scenes. */
  usable: number
  /** Of the photos that could be shown, those that are. */
  coverage: number
  /** Scenes that begin with a photo of their own, and have a prompt of their own. */
  variety: number
  /** Scenes whose type is what their first photo shows; null where the brief asks for no types. */
  types: number | null
  /** How near it is to the length asked for. */
  length: number
  /** Of what a video model has to be told, what its prompts say. */
  prompts: number
  /** 0 for what is not usable. */
  total: number
}

const WEIGHTS = { coverage: 2, variety: 2, types: 1.5, length: 1.5, prompts: 3 }
const USELESS: Score = { usable: 0, coverage: 0, variety: 0, types: 0, length: 0, prompts: 0, total: 0 }

/** @param answer what a language model answered, in JSON */
export function scoreAnswer(brief: EvalBrief, answer: string): Score {
  const read = readAnswer(answer, brief.brief)
  if (read.ok) return scoreScenes(brief, read.scenes)
  return read.scenes?.length ? { ...scoreScenes(brief, read.scenes), usable: 0, total: 0 } : USELESS
}

type ScoredScene = Pick<StoryboardScene, 'prompt' | 'duration' | 'scene_type'> & { asset_ids: readonly string[] }

export function scoreScenes({ brief, shows }: EvalBrief, scenes: readonly ScoredScene[]): Score {
  const ids = brief.photos.map(({ id }) => id)
  const used = new Set(scenes.flatMap(({ asset_ids }) => asset_ids))
  const starts = new Set(scenes.map(({ asset_ids }) => asset_ids[0]))
  const prompts = new Set(scenes.map(({ prompt }) => prompt.toLowerCase()))
  const seconds = scenes.reduce((sum, { duration }) => sum + duration, 0)
  const wanted = brief.durationSeconds ?? brief.sceneCount * brief.clipDuration
  const parts = {
    coverage: ids.filter((id) => used.has(id)).length / Math.min(ids.length, 2 * scenes.length),
    variety: (starts.size / Math.min(ids.length, scenes.length) + prompts.size / scenes.length) / 2,
    types: brief.propertyTypes
      ? mean(scenes.map(({ scene_type, asset_ids }) => Number(shows?.[asset_ids[0] ?? ''] === scene_type)))
      : null,
    length: Math.max(0, 1 - Math.abs(seconds - wanted) / wanted),
    prompts: mean(scenes.map(({ prompt }) => completeness(prompt))),
  }
  const counted = (Object.keys(WEIGHTS) as (keyof typeof WEIGHTS)[]).filter((name) => parts[name] !== null)
  const weight = counted.reduce((sum, name) => sum + WEIGHTS[name], 0)
  const total = counted.reduce((sum, name) => sum + WEIGHTS[name] * (parts[name] ?? 0), 0) / weight
  return { usable: 1, ...parts, total }
}

const SAID: readonly RegExp[] = [
  // The camera, and where it goes.
  /\bcamera\b.*\b(push|pull|pan|tilt|track|glid|orbit|arc|crane|ris|doll|slid|circl|drift|mov|travel|descend|float)\w*/is,
  // What else moves, or that nothing does.
  /\b(leaves|petals?|water|steam|curtains?|reflections?|clouds?|smoke|fabric|fur|whiskers?|hair|dust|flames?|grass|exhaust)\b|\b(everything|nothing|only what) (else|would)\b/i,
  /\b(light|sun\w*|shadows?|dusk|dawn|daylight|lamps?|glow\w*)\b/i,
  // What must not change.
  /\b(shapes?|materials?|colou?rs?|faces?|lettering|proportions?|patterns?|number of)\b.*\b(stay|remain|keep|kept|unchanged|preserved?|the same|not change)|\bnothing (and nobody )?is added\b/is,
]
/** Words: fewer leave the model to guess, more it forgets. */
const LENGTH = { least: 25, most: 130 }

function completeness(prompt: string): number {
  const words = prompt.split(/\s+/).length
  const fits = words >= LENGTH.least && words <= LENGTH.most
  return mean([...SAID.map((pattern) => Number(pattern.test(prompt))), Number(fits)])
}

export const mean = (values: number[]) =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
