/** The finished films, as people get them: whole, of the storyboard's length, every scene in its place. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { JobSettings } from '../../domain/settings.ts'
import type { Database } from '../../prisma/client.ts'
import { getJob, type Scene } from '../../prisma/queries/jobs.ts'
import { filmProfile } from '../../providers/film-profile.ts'
import type { BlobStore } from '../../storage/blob-store.ts'
import { hashFile } from '../../storage/hashed-file.ts'
import { findTool } from '../../toolchain/index.ts'
import { difference, middleOf, smallFrames } from '../support/frames.ts'

/** The same frame, copied; the same picture, brought to another shape; two scenes of the simulator. Levels of 255. */
const SAME = 3
const ALIKE = 12
const DIFFERENT = 20

interface Studio {
  db: Database
  blobs: BlobStore
  /** For what has to be brought from the store. */
  folder: string
  /** What the provider made of each prediction, by its id there: a file. */
  outputs: Map<string, string>
}

/** @returns what is wrong with the film of a completed job; empty when nothing is */
export async function watchFilm(
  { db, blobs, folder, outputs }: Studio,
  jobId: number,
  film: string,
): Promise<string[]> {
  const { scenes, settings } = await getJob(db, jobId)
  const { fps } = filmProfile(JobSettings.parse(settings))
  const counts = scenes.map(({ duration }) => Math.round((duration * fps.num) / fps.den))
  const total = counts.reduce((sum, count) => sum + count, 0)

  const shown = await decoded(film)
  await assertSoundDecodes(film)
  const problems: string[] = []
  if (shown.length !== total) problems.push(`has ${shown.length} frames, and the storyboard ${total}.`)
  let begin = 0
  let before: Uint8Array | undefined
  for (const [index, scene] of scenes.entries()) {
    const part = shown.slice(begin, begin + (counts[index] ?? 0))
    begin += counts[index] ?? 0
    const clip = await decoded(await blobs.localFile(scene.clipHash ?? '', folder))
    const made = await decoded(await outputOf(db, outputs, scene))
    const wrong = part.findIndex((frame, n) => difference(frame, clip[n]) > SAME)
    if (wrong >= 0) problems.push(`does not show the clip of scene ${index + 1} in frame ${wrong} of it.`)
    const look = middleOf(made[made.length >> 1] ?? new Uint8Array())
    if (difference(middleOf(clip[clip.length >> 1] ?? new Uint8Array()), look) > ALIKE) {
      problems.push(`shows in scene ${index + 1} another clip than its prediction made.`)
    }
    // Else this could not tell one scene from another.
    if (difference(look, before) < DIFFERENT)
      problems.push(`has two scenes that look the same: ${index} and ${index + 1}.`)
    before = look
  }
  return problems.map((problem) => `The film of job ${jobId} ${problem}`)
}

/** The output that the scene's own prediction left at the provider. */
async function outputOf(db: Database, outputs: Map<string, string>, { id, clipPredictionId }: Scene): Promise<string> {
  const prediction = await db.prediction.findUniqueOrThrow({ where: { id: clipPredictionId ?? '' } })
  const file = outputs.get(prediction.providerId ?? '')
  if (prediction.sceneId !== id || !file) throw new Error(`Scene ${id} has a clip of another purchase.`)
  return file
}

/** Every prediction's output file, from the simulator's journal: its last line about each counts. */
export async function readOutputs(simulatorDir: string): Promise<Map<string, string>> {
  const journal = await readFile(path.join(simulatorDir, 'predictions.jsonl'), 'utf8')
  const lines = journal.split('\n').filter(Boolean)
  const predictions = lines.map((line) => JSON.parse(line) as { id: string; output: string | null })
  return new Map(
    predictions.flatMap(({ id, output }) => (output ? [[id, path.join(simulatorDir, 'out', output)] as const] : [])),
  )
}

const remembered = new Map<string, Promise<Uint8Array[]>>()

/** Many scenes share a clip, and films of the same clips are the same bytes. */
async function decoded(file: string): Promise<Uint8Array[]> {
  const { hash } = await hashFile(file)
  const frames = remembered.get(hash) ?? smallFrames(ffmpeg, file)
  remembered.set(hash, frames)
  return frames
}

async function assertSoundDecodes(film: string): Promise<void> {
  await ffmpeg('-xerror', '-i', film, '-map', '0:a?', '-f', 's16le', '-')
}

async function ffmpeg(...args: string[]): Promise<Buffer> {
  const { path: tool } = await findTool('ffmpeg')
  return new Promise((resolve, reject) => {
    const options = { encoding: 'buffer', maxBuffer: 256 * 1024 * 1024 } as const
    execFile(tool, ['-v', 'error', '-nostdin', ...args], options, (error, stdout, stderr) => {
      // What can't be decoded is said, and does not always end with a code.
      if (error || stderr.length > 0) reject(new Error(`ffmpeg: ${stderr.toString().trim() || error?.message}`))
      else resolve(stdout)
    })
  })
}
