/** The clips that were rendered of a scene: the one that it shows, and those before. */
import type { Database, Db, Prisma } from '../client.ts'
import type { Prediction, Scene, Take } from '../generated/client.ts'
import { changeSceneIn } from './progress.ts'
import { changeable, type SceneChanges } from './revisions.ts'
import { changeSceneRevisionIn, type RevisedScene, regenerationOf } from './scene-revisions.ts'

export type { Take } from '../generated/client.ts'
export type Clip = Pick<Take, 'clipHash' | 'clipSize' | 'clipFrames' | 'clipDuration' | 'thumbnailHash'>

/** Whether what a prediction made is stored. */
export async function isTaken(db: Db, predictionId: string): Promise<boolean> {
  return (await db.take.count({ where: { predictionId } })) > 0
}

/**
 * The newest take of a scene that a revision made, whose first attempt is given; null when there is none. Those that a
 * later revision made show something else.
 */
export async function newestTake(db: Db, sceneId: string, firstAttempt: number): Promise<Take | null> {
  const { _min: later } = await db.sceneRevision.aggregate({
    where: { sceneId, firstAttempt: { gt: firstAttempt } },
    _min: { firstAttempt: true },
  })
  const attempt = { gte: firstAttempt, lt: later.firstAttempt ?? undefined }
  return db.take.findFirst({ where: { sceneId, attempt }, orderBy: { attempt: 'desc' } })
}

/** What a scene's row says of the take that it shows. */
export function shown({ clipHash, clipSize, clipFrames, clipDuration, thumbnailHash, predictionId, attempt }: Take) {
  return {
    ...{ clipHash, clipSize, clipFrames, clipDuration, attempt, error: null },
    clipThumbnailHash: thumbnailHash,
    clipPredictionId: predictionId,
  }
}

/** A scene as it was when a take of it was rendered; its attempts go on from where they are. */
export function showingTake(scene: Scene, take: Take): Scene {
  const { prompt, firstAssetId, lastAssetId } = take
  const said = (take.storyboard ?? { prompt, firstAssetId, lastAssetId }) as SceneChanges
  return { ...scene, ...said, ...shown(take), attempt: scene.attempt }
}

/** Keeps a clip, and shows it. @param prediction in the ledger, that it was made by */
export async function keepTake(
  db: Database,
  sceneId: string,
  { id: predictionId, attempt }: Pick<Prediction, 'id' | 'attempt'>,
  clip: Clip,
): Promise<void> {
  await db.$transaction(async (tx) => {
    const scene = await tx.scene.findUniqueOrThrow({ where: { id: sceneId } })
    const regeneration = await regenerationOf(tx, sceneId, attempt)
    const rendered = { ...scene, ...(regeneration?.changes as SceneChanges | undefined) }
    const { prompt, firstAssetId, lastAssetId } = rendered
    const storyboard = changeable(rendered) as Prisma.InputJsonObject
    const draft = { sceneId, attempt, predictionId, prompt, firstAssetId, lastAssetId, storyboard, ...clip }
    const stored = await tx.take.findUnique({ where: { predictionId } })
    await showTake(tx, stored ?? (await tx.take.create({ data: draft })), scene, regeneration)
  })
}

/** Shows a clip that is stored already: of an attempt that was gone on with, or come by again after a reset. @returns whether there is one */
export async function showStoredTake(db: Database, predictionId: string): Promise<boolean> {
  if (!(await isTaken(db, predictionId))) return false
  await db.$transaction(async (tx) => {
    const take = await tx.take.findUniqueOrThrow({ where: { predictionId }, include: { scene: true } })
    await showTake(tx, take, take.scene, await regenerationOf(tx, take.sceneId, take.attempt))
  })
  return true
}

/** The scene shows it at once, but for a regeneration: its film takes the old one's place as a whole. */
async function showTake(
  tx: Prisma.TransactionClient,
  take: Take,
  scene: Scene,
  regeneration: RevisedScene | null,
): Promise<void> {
  if (regeneration) return changeSceneRevisionIn(tx, regeneration, 'completed')
  // A reset comes by long after another take took this one's place.
  if (scene.state === 'completed' && scene.clipHash) return
  await changeSceneIn(tx, scene, 'completed', shown(take))
}
