/** The clips that were rendered of a scene: the one that it shows, and those before. */
import type { Database, Db } from '../client.ts'
import type { Take } from '../generated/client.ts'
import { changeScene } from './progress.ts'
import { changeSceneRevision, regenerationOf, type SceneChanges } from './revisions.ts'

export type { Take } from '../generated/client.ts'
export type Clip = Pick<Take, 'clipHash' | 'clipSize' | 'clipFrames' | 'clipDuration' | 'thumbnailHash'>

/** Whether what a prediction made is stored. */
export async function isTaken(db: Db, predictionId: string): Promise<boolean> {
  return (await db.take.count({ where: { predictionId } })) > 0
}

/** The newest take of a scene from an attempt on; null when there is none. */
export function newestTake(db: Db, sceneId: string, fromAttempt: number): Promise<Take | null> {
  return db.take.findFirst({ where: { sceneId, attempt: { gte: fromAttempt } }, orderBy: { attempt: 'desc' } })
}

/** What a scene's row says of the take that it shows. */
export function shown({ clipHash, clipSize, clipFrames, clipDuration, thumbnailHash, predictionId, attempt }: Take) {
  return {
    ...{ clipHash, clipSize, clipFrames, clipDuration, attempt, error: null },
    clipThumbnailHash: thumbnailHash,
    clipPredictionId: predictionId,
  }
}

/** Keeps a clip. The scene shows it at once, but for a regeneration: its film takes the old one's place as a whole. */
export async function keepTake(db: Database, sceneId: string, predictionId: string, clip: Clip): Promise<void> {
  const { attempt } = await db.prediction.findUniqueOrThrow({ where: { id: predictionId } })
  const scene = await db.scene.findUniqueOrThrow({ where: { id: sceneId } })
  const regeneration = await regenerationOf(db, sceneId, attempt)
  const { prompt, firstAssetId, lastAssetId } = { ...scene, ...(regeneration?.changes as SceneChanges | undefined) }
  const draft = { sceneId, attempt, predictionId, prompt, firstAssetId, lastAssetId, ...clip }
  const take = await db.take.upsert({ where: { predictionId }, create: draft, update: {} })
  if (regeneration) await changeSceneRevision(db, regeneration, 'completed')
  else await changeScene(db, sceneId, 'completed', shown(take))
}
