/** The clips that were rendered of a scene: the one that it shows, and those before. */
import { randomUUID } from 'node:crypto'
import { type Database, type Db, Prisma } from '../client.ts'
import type { Prediction, Scene, Take } from '../generated/client.ts'
import { columnsOf, insertion, inTransaction, type Statements, statements } from '../statements.ts'
import { changeSceneIn, type SceneRef } from './progress.ts'
import { changeable, type SceneChanges } from './revisions.ts'
import { changeSceneRevisionIn, type RevisedScene, regeneration } from './scene-revisions.ts'

const { sql } = Prisma

export type { Take } from '../generated/client.ts'
export type Clip = Pick<Take, 'clipHash' | 'clipSize' | 'clipFrames' | 'clipDuration' | 'thumbnailHash'>

/** Whether what a prediction made is stored. */
export async function isTaken(db: Db, predictionId: string): Promise<boolean> {
  return (await db.take.count({ where: { predictionId } })) > 0
}

/**
 * The take of a scene that a revision made, whose first attempt is given; null when there is none. Of several variants it
 * is the one that was there first. Those that a later revision made show something else.
 */
export async function takeOfRevision(
  db: Db,
  sceneId: string,
  { firstAttempt, variants }: { firstAttempt: number; variants: number },
): Promise<Take | null> {
  const { _min: later } = await db.sceneRevision.aggregate({
    where: { sceneId, firstAttempt: { gt: firstAttempt } },
    _min: { firstAttempt: true },
  })
  const attempt = { gte: firstAttempt, lt: later.firstAttempt ?? undefined }
  return db.take.findFirst({
    where: { sceneId, attempt },
    orderBy: variants > 1 ? [{ insertedAt: 'asc' }, { attempt: 'asc' }] : { attempt: 'desc' },
  })
}

/** What a scene's row says of the take that it shows. */
export function shown(take: Clip & Pick<Take, 'predictionId' | 'attempt'>) {
  const { clipHash, clipSize, clipFrames, clipDuration, thumbnailHash, predictionId, attempt } = take
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

/**
 * Keeps a clip, and shows it.
 * @param scene as it was rendered, with the revision that its attempt belongs to
 * @param prediction in the ledger, that it was made by
 */
export async function keepTake(
  db: Database,
  scene: Scene,
  revised: RevisedScene | null,
  { id: predictionId, attempt }: Pick<Prediction, 'id' | 'attempt'>,
  clip: Clip & Partial<Pick<Take, 'isDraft'>>,
): Promise<void> {
  await inTransaction(db, scene.jobId, async (tx) => {
    const { id: sceneId, prompt, firstAssetId, lastAssetId } = scene
    const storyboard = JSON.stringify(changeable(scene))
    const made = { id: randomUUID(), sceneId, attempt, predictionId, isDraft: false, ...clip }
    const row = insertion({ ...made, prompt, firstAssetId, lastAssetId, storyboard, insertedAt: new Date() })
    const isNew = (await tx.$executeRaw(sql`INSERT INTO "Take" ${row} ON CONFLICT ("predictionId") DO NOTHING`)) > 0
    const take = isNew ? made : await findTake(tx, predictionId)
    if (take) await showTake(tx, take, scene, revised)
  })
}

/**
 * Shows a clip that is stored already: of an attempt that was gone on with, or come by again after a reset.
 * @returns whether there is one
 */
export async function showStoredTake(
  db: Database,
  scene: SceneRef,
  revised: RevisedScene | null,
  predictionId: string,
): Promise<boolean> {
  const take = await findTake(statements(db), predictionId)
  if (take) await inTransaction(db, scene.jobId, (tx) => showTake(tx, take, scene, revised))
  return take !== undefined
}

const TAKE = columnsOf(Prisma.TakeScalarFieldEnum)

async function findTake(by: Statements, predictionId: string): Promise<Take | undefined> {
  const [take] = await by.$queryRaw<Take[]>(sql`SELECT ${TAKE} FROM "Take" WHERE "predictionId" = ${predictionId}`)
  return take
}

/**
 * The scene shows it at once, the first of several variants, but for a regeneration: its film takes the old one's place as a
 * whole.
 */
async function showTake(
  tx: Statements,
  take: Parameters<typeof shown>[0],
  scene: SceneRef,
  revised: RevisedScene | null,
): Promise<void> {
  const renderedAgain = regeneration(revised)
  if (renderedAgain) return changeSceneRevisionIn(tx, renderedAgain, 'completed')
  const [row] = await tx.$queryRaw<Pick<Scene, 'state' | 'clipHash'>[]>(
    sql`SELECT "state", "clipHash" FROM "Scene" WHERE "id" = ${scene.id}`,
  )
  // Another variant was quicker; or a reset comes by long after another take took this one's place.
  if (row?.state === 'completed' && row.clipHash) return
  await changeSceneIn(tx, scene, 'completed', shown(take))
}
