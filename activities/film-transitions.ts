/** What two neighbouring clips show together: found where it is rendered already, else rendered. */
import path from 'node:path'
import { isTransition, overlapFrames } from '../domain/transitions.ts'
import type { OutputProfile, TransitionKind } from '../media/index.ts'
import type { Scene } from '../prisma/queries/jobs.ts'
import { findTransition, keepTransition } from '../prisma/queries/rendered-transitions.ts'
import type { ActivityDeps } from './deps.ts'

export interface FilmTransition {
  kind: TransitionKind
  frames: number
}

/** How each scene goes over into the next; null for a cut, and for the last one. @param scenes in the film's order */
export function transitionsOf(scenes: Scene[], { fps }: OutputProfile): (FilmTransition | null)[] {
  return overlapFrames(scenes, fps).map((frames, index) => {
    const kind = scenes[index]?.transition ?? 'cut'
    return frames > 0 && isTransition(kind) && kind !== 'cut' ? { kind, frames } : null
  })
}

/** How many frames of a scene's clip are shown together with its neighbours; undefined in a film of cuts only. */
export function overlapsOf(scenes: Scene[], sceneId: string, { fps }: OutputProfile) {
  const overlaps = overlapFrames(scenes, fps)
  if (overlaps.every((frames) => frames === 0)) return undefined
  const position = scenes.findIndex(({ id }) => id === sceneId)
  return { begin: overlaps[position - 1] ?? 0, end: overlaps[position] ?? 0 }
}

/** A scene whose clip is stored. */
export type ShownScene = Scene & { clipHash: string; clipFrames: number }

export const isShown = (scene: Scene | undefined): scene is ShownScene =>
  scene !== undefined && scene.clipHash !== null && scene.clipFrames !== null

/** @returns a local file, to be read only, and there for as long as `folder` is */
export async function transitionFile(
  { db, blobs, media }: ActivityDeps,
  [from, to]: [ShownScene, ShownScene],
  { kind, frames }: FilmTransition,
  { profile, folder, signal }: { profile: OutputProfile; folder: string; signal: AbortSignal },
): Promise<string> {
  const { width, height, fps } = profile
  const form = `${width}x${height}@${fps.num}/${fps.den}`
  const key = { fromClip: from.clipHash, toClip: to.clipHash, kind, frames, profile: form }
  const rendered = await findTransition(db, key)
  if (rendered && (await blobs.stat(rendered))) return blobs.localFile(rendered, folder)
  const output = path.join(folder, 'transition.mp4')
  await media.renderTransition({
    from: { path: await blobs.localFile(from.clipHash, folder), frames: from.clipFrames },
    to: { path: await blobs.localFile(to.clipHash, folder) },
    ...{ kind, frames, profile, output, signal },
  })
  const { hash } = await blobs.putFile(output)
  await keepTransition(db, key, hash)
  return blobs.localFile(hash, folder)
}
