/** Scenes that revisions render again: which revision an attempt belongs to, and how far it is. */
import type { Database, Db, Prisma } from '../client.ts'
import type { Revision, SceneRevision } from '../generated/client.ts'
import { recordEvent } from './progress.ts'

/** With the revision that it is part of. */
export type RevisedScene = SceneRevision & { revision: Revision }

/** The regeneration that an attempt of a scene belongs to; null where it is the scene's own rendering. */
export async function regenerationOf(db: Db, sceneId: string, attempt: number): Promise<RevisedScene | null> {
  const revised = await revisionOfAttempt(db, sceneId, attempt)
  return revised?.revision.kind === 'regenerate' ? revised : null
}

/** The revision that decided to buy an attempt, or the one before it by a rule; null for the first rendering. */
export async function revisionOfAttempt(db: Db, sceneId: string, attempt: number): Promise<RevisedScene | null> {
  const revised = await db.sceneRevision.findFirst({
    where: { sceneId, firstAttempt: { lte: attempt } },
    orderBy: [{ firstAttempt: 'desc' }, { revision: { number: 'desc' } }],
  })
  // Apart, because most attempts belong to none, and included it would be asked for all the same.
  return revised && { ...revised, revision: await db.revision.findUniqueOrThrow({ where: { id: revised.revisionId } }) }
}

/** The newest revision before that of a `number` which began to render a scene; null when there is none. */
export function sceneRevisionBefore(db: Db, sceneId: string, number: number): Promise<RevisedScene | null> {
  return db.sceneRevision.findFirst({
    where: { sceneId, firstAttempt: { not: null }, revision: { number: { lt: number } } },
    orderBy: { revision: { number: 'desc' } },
    include: { revision: true },
  })
}

/** Shows how far a scene of a regeneration is; the scene itself shows its old clip meanwhile. */
export async function changeSceneRevision(
  db: Database,
  revised: RevisedScene,
  state: string,
  error: string | null = null,
): Promise<void> {
  await db.$transaction((tx) => changeSceneRevisionIn(tx, revised, state, error))
}

/** The same together with other writes. */
export async function changeSceneRevisionIn(
  tx: Prisma.TransactionClient,
  { revisionId, sceneId, revision }: RevisedScene,
  state: string,
  error: string | null = null,
): Promise<void> {
  const { count } = await tx.sceneRevision.updateMany({
    where: { revisionId, sceneId, state: { not: state } },
    data: { state, error },
  })
  const { jobId, number } = revision
  if (count > 0) await recordEvent(tx, jobId, 'scene_revision', { number, scene_id: sceneId, state, error })
}

/** A scene of a revision; null when it renders no such scene. */
export function findSceneRevision(
  db: Db,
  jobId: number,
  number: number,
  sceneId: string,
): Promise<RevisedScene | null> {
  return db.sceneRevision.findFirst({ where: { sceneId, revision: { jobId, number } }, include: { revision: true } })
}
