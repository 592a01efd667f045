/** Recorded briefs, and what was answered to them. recordings/README.md says where they come from. */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import type { StoryboardBrief } from '../../domain/storyboard.ts'

const folder = path.join(import.meta.dirname, 'recordings')

/** A brief, with what is known of its photos and no writer is told. */
export interface EvalBrief {
  name: string
  brief: StoryboardBrief
  /** What each photo shows, by its id: one of the brief's property types. */
  shows?: Record<string, string>
  /** Where each photo is, by its id: a path in this repository. */
  files: Record<string, string>
}

const Recording = z.object({
  brief: z.string(),
  /** The model's name, or how else it came about. */
  writer: z.string(),
  /** The version of the prompt template; null where none was used. */
  prompt: z.string().nullable(),
  /** "model": a language model answered; "simulator": the simulator did; "hand": it was written for the evaluation. */
  origin: z.enum(['model', 'simulator', 'hand']),
  /** What it was written as. */
  quality: z.enum(['good', 'bad']).optional(),
  about: z.string().optional(),
  /** As it was answered, or the same as an object. */
  answer: z.unknown(),
})
export type Recording = z.infer<typeof Recording> & { name: string }

export async function readBriefs(): Promise<EvalBrief[]> {
  return (await readFolder('briefs')).map(({ name, json }) => ({ ...(json as Omit<EvalBrief, 'name'>), name }))
}

export async function readRecordings(): Promise<Recording[]> {
  return (await readFolder('answers')).map(({ name, json }) => ({ ...Recording.parse(json), name }))
}

export const answerText = ({ answer }: Pick<Recording, 'answer'>) =>
  typeof answer === 'string' ? answer : JSON.stringify(answer)

/** Overwrites what the same writer answered to the same brief with the same prompt before. */
export async function keepRecording(recording: Omit<Recording, 'name'>): Promise<string> {
  const words = [recording.brief, recording.origin, recording.writer, recording.prompt].filter(Boolean)
  const name = words
    .join('-')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
  const file = path.join(folder, 'answers', `${name}.json`)
  await writeFile(file, `${JSON.stringify(recording, null, 2)}\n`)
  return path.relative(process.cwd(), file)
}

async function readFolder(kind: 'briefs' | 'answers'): Promise<{ name: string; json: unknown }[]> {
  const files = (await readdir(path.join(folder, kind))).filter((file) => file.endsWith('.json')).sort()
  return Promise.all(
    files.map(async (file) => ({
      name: path.basename(file, '.json'),
      json: JSON.parse(await readFile(path.join(folder, kind, file), 'utf8')),
    })),
  )
}
