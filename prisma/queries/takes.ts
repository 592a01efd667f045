/** The clips that were rendered of a scene: the one that it shows, and those before. */
import type { Database, Db, Prisma } from '../client.ts'
import type { Take } from '../generated/client.ts'
import { changeSceneIn } from './progress.ts'
import type { SceneChanges } from './revisions.ts'
import { changeSceneRevisionIn, regenerationOf } from './scene-revisions.ts'

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

/** Keeps a clip, and shows it. */
export async function keepTake(db: Database, sceneId: string, predictionId: string, clip: Clip): Promise<void> {
  await db.$transaction(async (tx) => {
    const { attempt } = await tx.prediction.findUniqueOrThrow({ where: { id: predictionId } })
    const scene = await tx.scene.findUniqueOrThrow({ where: { id: sceneId } })
    const regeneration = await regenerationOf(tx, sceneId, attempt)
    const { prompt, firstAssetId, lastAssetId } = { ...scene, ...(regeneration?.changes as SceneChanges | undefined) }
    const draft = { sceneId, attempt, predictionId, prompt, firstAssetId, lastAssetId, ...clip }
    await showTake(tx, await tx.take.upsert({ where: { predictionId }, create: draft, update: {} }))
  })
}

/** Shows a clip that is stored already: of an attempt that was gone on with, or come by again after a reset. @returns whether there is one */
export async function showStoredTake(db: Database, predictionId: string): Promise<boolean> {
  return db.$transaction(async (tx) => {
    const take = await tx.take.findUnique({ where: { predictionId } })
    if (take) await showTake(tx, take)
    return take !== null
  })
}

/** The scene shows it at once, but for a regeneration: its film takes the old one's place as a whole. */
async function showTake(tx: Prisma.TransactionClient, take: Take): Promise<void> {
  const { sceneId, attempt } = take
  const regeneration = await regenerationOf(tx, sceneId, attempt)
  if (regeneration) return changeSceneRevisionIn(tx, regeneration, 'completed')
  const { state, clipHash } = await tx.scene.findUniqueOrThrow({ where: { id: sceneId } })
  // A reset comes by long after another take took this one's place.
  if (state === 'completed' && clipHash) return
  await changeSceneIn(tx, sceneId, 'completed', shown(take))
}
