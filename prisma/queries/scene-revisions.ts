/** Scenes that revisions render again: which revision an attempt belongs to, and how far it is. */
import type { SceneState } from '../../domain/job.ts'
import { isRendering } from '../../domain/revision.ts'
import { type Database, type Db, Prisma } from '../client.ts'
import type { Revision, SceneRevision } from '../generated/client.ts'
import { inTransaction, type Statements, statements } from '../statements.ts'
import type { JobWithScenes } from './jobs.ts'
import { recordEvents } from './progress.ts'

const { sql } = Prisma

/** With the revision that it is part of. */
export type RevisedScene = SceneRevision & { revision: Revision }

/** The regeneration, or the finalizing, that an attempt of a scene belongs to; null where it is the scene's own rendering. */
export async function regenerationOf(db: Db, sceneId: string, attempt: number): Promise<RevisedScene | null> {
  return regeneration(await revisionOfAttempt(db, sceneId, attempt))
}

/** What the revision of an attempt is where its clips wait for a new film; else null. */
export function regeneration(revised: RevisedScene | null): RevisedScene | null {
  return isRendering(revised?.revision.kind) ? revised : null
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

/** The same for the steps of a scene's rendering, which mostly is the first. */
export async function revisionInWork(db: Database, sceneId: string, attempt: number): Promise<RevisedScene | null> {
  const [any] = await statements(db).$queryRaw<unknown[]>(
    sql`SELECT 1 FROM "SceneRevision" WHERE "sceneId" = ${sceneId} AND "firstAttempt" <= ${attempt} LIMIT 1`,
  )
  return any ? revisionOfAttempt(db, sceneId, attempt) : null
}

/** Whether a scene shows, or is to show, a take that was chosen after it: the scene says what was said of that one then. */
export async function isChosenSince(db: Db, { sceneId, revision: { jobId, number } }: RevisedScene): Promise<boolean> {
  const revision = { jobId, number: { gt: number }, state: { not: 'failed' } }
  return (await db.sceneRevision.count({ where: { sceneId, takeId: { not: null }, revision } })) > 0
}

/** A job whose scenes say how many clips were wanted of each of them last: a retry goes on with so many. */
export async function asWantedLast(db: Db, job: JobWithScenes): Promise<JobWithScenes> {
  const scenes = job.scenes.map(async (scene) => {
    const last = await sceneRevisionBefore(db, scene.id)
    return last ? { ...scene, variants: last.variants } : scene
  })
  return { ...job, scenes: await Promise.all(scenes) }
}

/**
 * The newest revision which began to render a scene; null when there is none.
 * @param number before the one of this number, where one is given
 */
export function sceneRevisionBefore(db: Db, sceneId: string, number?: number): Promise<RevisedScene | null> {
  return db.sceneRevision.findFirst({
    where: { sceneId, firstAttempt: { not: null }, revision: { number: { lt: number } } },
    orderBy: { revision: { number: 'desc' } },
    include: { revision: true },
  })
}

/** Says what happened to a scene of a regeneration whose state stays. */
export async function noteOfSceneRevision(
  db: Database,
  { revisionId, sceneId }: RevisedScene,
  error: string,
): Promise<void> {
  await db.sceneRevision.update({ where: { revisionId_sceneId: { revisionId, sceneId } }, data: { error } })
}

/** Shows how far a scene of a regeneration is; the scene itself shows its old clip meanwhile. */
export async function changeSceneRevision(
  db: Database,
  revised: RevisedScene,
  state: string,
  error: string | null = null,
): Promise<void> {
  await inTransaction(db, revised.revision.jobId, (tx) => changeSceneRevisionIn(tx, revised, state, error))
}

/**
 * The same together with other writes.
 * @param unless leaves it as it is where it is at a state that says so
 */
export async function changeSceneRevisionIn(
  tx: Statements,
  { revisionId, sceneId, revision }: RevisedScene,
  state: string,
  error: string | null = null,
  unless: (current: SceneState) => boolean = () => false,
): Promise<void> {
  const itself = sql`"revisionId" = ${revisionId} AND "sceneId" = ${sceneId}`
  const [now] = await tx.$queryRaw<{ state: string }[]>(sql`SELECT "state" FROM "SceneRevision" WHERE ${itself}`)
  if (!now || now.state === state || unless(now.state as SceneState)) return
  await tx.$executeRaw(sql`UPDATE "SceneRevision" SET "state" = ${state}, "error" = ${error} WHERE ${itself}`)
  const { jobId, number } = revision
  const data = { number, scene_id: sceneId, state, error }
  await recordEvents(tx, jobId, [{ type: 'scene_revision', data }])
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
