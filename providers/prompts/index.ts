/**
 * The prompt templates, by version: storyboard/v1.md, v2.md and so on. A storyboard that was written keeps the version of its
 * template, so one that was in use is never changed: what is better becomes the next (`npm run eval` compares them).
 */
import { readdirSync, readFileSync } from 'node:fs'

const folder = new URL('./storyboard/', import.meta.url)

/** The rules that a language model is given, by version, oldest first. */
export const STORYBOARD_PROMPTS: ReadonlyMap<string, string> = new Map(
  readdirSync(folder)
    .map((file) => /^(v(\d+))\.md$/.exec(file))
    .filter((match) => match !== null)
    .sort((one, other) => Number(one[2]) - Number(other[2]))
    .map(([file, version = '']) => [version, readFileSync(new URL(file, folder), 'utf8')]),
)

/** The newest. */
export const STORYBOARD_PROMPT = [...STORYBOARD_PROMPTS.keys()].at(-1) ?? ''
