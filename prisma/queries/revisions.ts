/**
 * What more people want of a job that was decided: a row each, written before the workflow is told, so that none is lost
 * and none is done twice. Revisions of a job run one after the other.
 */
import { OPEN_REVISION_STATES, type RevisionKind } from '../../domain/revision.ts'
import { JobSettings, type MusicSettings, variantsOf } from '../../domain/settings.ts'
import type { Overlay } from '../../domain/words.ts'
import type { Database, Db, Prisma } from '../client.ts'
import type { Job, Revision, SceneRevision } from '../generated/client.ts'
import { commitToBudgets, type Spender } from './budgets.ts'
import { findJob, type JobWithScenes, type Scene } from './jobs.ts'
import { findUnknownPredictions } from './ledger.ts'
import { priceAtMost } from './price-at-most.ts'
import { recordEvent, reopenJob } from './progress.ts'
import { asWantedLast } from './scene-revisions.ts'
import { isShown, newestSoundtrack, ofSoundtrack } from './soundtracks.ts'

export type { Revision, SceneRevision } from '../generated/client.ts'
export type RevisionWithScenes = Revision & { scenes: SceneRevision[] }

type Tx = Prisma.TransactionClient

/** What may be changed in a scene that is rendered again. */
export type SceneChanges = Partial<
  Pick<
    Scene,
    | 'title'
    | 'description'
    | 'prompt'
    | 'model'
    | 'cameraMovement'
    | 'motionGoal'
    | 'sceneType'
    | 'firstAssetId'
    | 'lastAssetId'
    | 'caption'
  > & { overlays: Overlay[] }
>

/** Of a scene what may be changed so. */
export function changeable(scene: Scene): SceneChanges {
  const { title, description, prompt, model, cameraMovement, motionGoal, sceneType, firstAssetId, lastAssetId } = scene
  return {
    ...{ title, description, prompt, model, cameraMovement, motionGoal, sceneType, firstAssetId, lastAssetId },
    caption: scene.caption,
    overlays: (scene.overlays ?? []) as Overlay[],
  }
}

/** Who wants it, and the signal from Temporal that asked, if one did. */
export interface Asker {
  by: string | null
  signaledAs?: string
  /** What budgets are asked; absent where nothing is bought. */
  spending?: Spending
  /** Keeps what the request is answered that asked for it, in the same transaction. */
  keepAnswer?: (tx: Db, revision: Revision) => Promise<void>
}

export interface Spending extends Omit<Spender, 'by'> {
  /** What is asked for costs at most, in micro-USD; asked for each state that the job may be in by then. */
  price(tx: Tx, job: JobWithScenes): Promise<number> | number
}

export type Queued =
  | { outcome: 'queued'; revision: Revision }
  /** `reason`: why not, in a sentence. */
  | { outcome: 'refused'; reason: string }
  | { outcome: 'unknown' }

const refused = (reason: string): Queued => ({ outcome: 'refused', reason })

/** Queues in a transaction of its own, and keeps there what is answered. */
export function queueOnce(db: Database, { keepAnswer }: Asker, queue: (tx: Tx) => Promise<Queued>): Promise<Queued> {
  return db.$transaction(async (tx) => {
    const queued = await queue(tx)
    if (queued.outcome === 'queued') await keepAnswer?.(tx, queued.revision)
    return queued
  })
}

/** @throws OverBudget, which undoes the transaction */
export async function askBudgets(tx: Tx, job: JobWithScenes, { by, spending }: Asker): Promise<void> {
  if (!spending) return
  const asked = await priceAtMost(tx, job, (row) => spending.price(tx, row))
  await commitToBudgets(tx, job.id, asked, { ...spending, by })
}

/**
 * Lets a failed job go on: what failed is made again, and what is there is kept. It is shown as running at once.
 * @throws OverBudget
 */
export function queueRetry(db: Database, jobId: number, asker: Asker): Promise<Queued> {
  return queueOnce(db, asker, async (tx) => {
    const job = await findJob(tx, jobId)
    if (!job) return { outcome: 'unknown' }
    const reason = whyNoRetry(job)
    if (reason) return refused(reason)
    const failed = job.scenes.filter(({ state }) => state !== 'completed')
    const sceneIds = failed.map(({ id }) => id)
    const hindered = (await whyUnresolved(tx, job, { sceneIds })) ?? (await whyNotShowable(tx, failed, {}))
    if (hindered) return refused(hindered)
    const wanted = await asWantedLast(tx, job)
    await askBudgets(tx, wanted, asker)
    const settings = JobSettings.parse(job.settings)
    const again = wanted.scenes.filter(({ id }) => sceneIds.includes(id))
    const scenes = again.map((scene) => ({ sceneId: scene.id, changes: {}, variants: variantsOf(settings, scene) }))
    return queueRun(tx, job, { asker, scenes })
  })
}

/**
 * Has a scene rendered again. The finished film stays as it is until the new one takes its place; a failed job goes on
 * with the scene instead.
 * @param wish what is to be changed in it, how many clips of it are bought, and whether the music is made anew too
 * @throws OverBudget
 */
export function queueRegeneration(
  db: Database,
  jobId: number,
  sceneIds: string[],
  wish: { changes: SceneChanges; music: boolean; variants?: number },
  asker: Asker,
): Promise<Queued> {
  return queueOnce(db, asker, async (tx) => {
    const job = await findJob(tx, jobId)
    if (!job || !sceneIds.every((id) => job.scenes.some((scene) => scene.id === id))) return { outcome: 'unknown' }
    const music = wish.music ? JobSettings.parse(job.settings).music : null
    const chosen = job.scenes.filter(({ id }) => sceneIds.includes(id))
    const reason =
      (await whyUnresolved(tx, job, { sceneIds, music })) ?? (await whyNotShowable(tx, chosen, wish.changes))
    if (reason) return refused(reason)
    const { changes, variants } = wish
    const scenes = sceneIds.map((sceneId) => ({ sceneId, changes, variants }))
    if (job.status === 'completed') {
      if (!job.stitchedHash) return refused('Its film is not stitched')
      await askBudgets(tx, job, asker)
      return insert(tx, job, { kind: 'regenerate', asker, scenes, music: wish.music })
    }
    const final = whyNoRetry(job)
    if (final) return refused(final)
    await askBudgets(tx, job, asker)
    // Even the same prompt, said by a person, is to be rendered anew; a mere retry would go on with what there is.
    const anew = scenes.map(({ sceneId }) => {
      const prompt = job.scenes.find(({ id }) => id === sceneId)?.prompt ?? null
      return { sceneId, changes: { prompt, ...changes }, variants }
    })
    return queueRun(tx, job, { asker, scenes: anew })
  })
}

/** The finalizing of a job that is still to be made, or is being made; null when there is none. */
export function openFinalize(db: Db, jobId: number): Promise<Revision | null> {
  return db.revision.findFirst({ where: { jobId, kind: 'finalize', state: { in: OPEN_REVISION_STATES } } })
}

/**
 * Has a finished film show another take of a scene, which is stored already: nothing is bought. The film stays as it is
 * until the new one takes its place.
 */
export function queueChoice(
  db: Database,
  jobId: number,
  { sceneId, attempt }: { sceneId: string; attempt: number },
  asker: Asker,
): Promise<Queued> {
  return queueOnce(db, asker, async (tx) => {
    const job = await findJob(tx, jobId)
    const take = await tx.take.findUnique({
      where: { sceneId_attempt: { sceneId, attempt } },
      include: { scene: true },
    })
    if (!job || take?.scene.jobId !== jobId) return { outcome: 'unknown' }
    if (job.status !== 'completed')
      return refused(`Only a finished film shows another take, and this job is ${job.status}`)
    if (!job.stitchedHash) return refused('Its film is not stitched')
    const finalize = await openFinalize(tx, jobId)
    if (finalize)
      return refused(`It is being rendered in full quality (revision ${finalize.number}): choose when that has ended`)
    const isDraft = JobSettings.parse(job.settings).quality === 'draft'
    if (take.isDraft && !isDraft)
      return refused('It is a draft, and the film is in full quality: render the scene again')
    if (!take.isDraft && isDraft)
      return refused('It is in full quality, and the film is a draft: finalize it (POST /jobs/:id/finalize)')
    const isShown = take.scene.clipPredictionId === take.predictionId
    if (isShown && (await openRevisions(tx, jobId)).length === 0) return refused('The film shows this take already')
    return insert(tx, job, { kind: 'choose', asker, scenes: [{ sceneId, takeId: take.id, changes: {} }], music: false })
  })
}

/**
 * What is to be decided first: paying again for what may have been bought would be paying twice.
 * @param wanted the scenes that are rendered, and what is wanted of the music where that is made too
 */
export async function whyUnresolved(
  db: Db,
  job: Job,
  { sceneIds, music }: { sceneIds: string[]; music?: MusicSettings | null },
): Promise<string | null> {
  const pieces: Prisma.PredictionWhereInput[] = []
  const newest = await newestSoundtrack(db, job)
  // A failed job goes on to its music. A soundtrack that the film has is done: the next one is another.
  if (job.status === 'failed') pieces.push({ jobId: job.id, sceneId: null })
  else if (music && !music.assetId && !isShown(job, newest)) {
    pieces.push({ ...ofSoundtrack(newest), jobId: job.id, sceneId: null })
  }
  const [unknown] = await findUnknownPredictions(db, { OR: [{ sceneId: { in: sceneIds } }, ...pieces] })
  return unknown
    ? `Whether prediction ${unknown.id} was bought is not known: resolve that first (POST /predictions/${unknown.id}/resolve)`
    : null
}

/**
 * A picture may have been deleted since it was chosen; for what was bought already it is not needed any more.
 * @param isThere whether a scene's purchase is one to go on with
 */
export async function whyNotShowable(
  tx: Tx,
  scenes: Scene[],
  changes: SceneChanges,
  isThere: (scene: Scene) => boolean | Promise<boolean> = (scene) => isBought(tx, scene),
): Promise<string | null> {
  const shown = scenes.map((scene) => {
    const { firstAssetId, lastAssetId } = { ...scene, ...changes }
    return { scene, pictures: [firstAssetId, lastAssetId].filter((id) => id !== null) }
  })
  const named = { id: { in: shown.flatMap(({ pictures }) => pictures) } }
  const there = new Set((await tx.asset.findMany({ where: named, select: { id: true } })).map(({ id }) => id))
  const poor = shown.filter(({ pictures }) => pictures.some((id) => !there.has(id)))
  const isChosen = Boolean(changes.firstAssetId ?? changes.lastAssetId)
  for (const { scene } of poor) {
    if (!isChosen && (await isThere(scene))) continue
    return `A picture that scene ${scene.position + 1} is to show has been deleted: render it again with another one (asset_ids)`
  }
  return null
}

/** Whether its newest purchase is one to go on with. */
async function isBought(tx: Tx, { id, clipPredictionId }: Scene): Promise<boolean> {
  const newest = await tx.prediction.findFirst({ where: { sceneId: id }, orderBy: { attempt: 'desc' } })
  const isOpen = newest && ['intent', 'submitted', 'succeeded'].includes(newest.state)
  return Boolean(isOpen) && newest?.id !== clipPredictionId
}

/**
 * Has the music made, for the first time or anew: of a pending job with its film, of a completed one now.
 * @param settings the job's, with what is wanted of the music: a pending job takes them over at once, a completed one
 *   once that music is in its film, because what was asked for before it is still to be made as it was
 * @param asker `estimate` says what each scene of a pending job then costs, in micro-USD
 * @throws OverBudget
 */
export function queueMusic(
  db: Database,
  job: JobWithScenes,
  settings: JobSettings,
  asker: MusicAsker,
): Promise<MusicQueued> {
  const ask = job.status === 'completed' ? askLater : askWithFilm
  return db.$transaction(async (tx) => {
    const queued = await ask(tx, job, settings, asker)
    if (queued.outcome === 'queued' || queued.outcome === 'with the film') await asker.keepAnswer?.(tx)
    return queued
  })
}

type MusicQueued = Queued | { outcome: 'with the film' }
const MUSIC_UNDER_WAY = "The job's music is being made already"

export type MusicAsker = Omit<Asker, 'keepAnswer'> & {
  startedAt: Date
  estimate: (scene: Scene) => number
  keepAnswer?: (tx: Db) => Promise<void>
}

async function askLater(
  tx: Tx,
  job: JobWithScenes,
  settings: JobSettings,
  { startedAt, by, signaledAs, spending }: MusicAsker,
): Promise<MusicQueued> {
  const asker = { by, signaledAs, spending }
  const unresolved = await whyUnresolved(tx, job, { sceneIds: [], music: settings.music })
  if (unresolved) return refused(unresolved)
  const idle: Prisma.JobWhereInput[] = [{ audioStatus: null }, { audioStatus: { not: 'processing' } }]
  // An earlier release marked the job before it signaled, and wrote no revision.
  if (signaledAs) idle.push({ revisions: { none: { kind: 'music', state: { in: OPEN_REVISION_STATES } } } })
  const { count } = await tx.job.updateMany({
    where: { id: job.id, status: job.status, deletedAt: null, OR: idle },
    data: { audioStatus: 'processing', audioStartedAt: startedAt, audioError: null },
  })
  if (count === 0) return refused(MUSIC_UNDER_WAY)
  await askBudgets(tx, job, asker)
  return insert(tx, job, { kind: 'music', asker, scenes: [], music: true, musicSettings: settings.music })
}

/** The music is part of what is approved, so a pending job is at its next version then. */
async function askWithFilm(
  tx: Tx,
  { id, status }: JobWithScenes,
  settings: JobSettings,
  { startedAt, estimate, by }: MusicAsker,
): Promise<MusicQueued> {
  const job = await findJob(tx, id)
  if (job?.status !== status || job.audioStatus === 'processing') return refused(MUSIC_UNDER_WAY)
  if (status !== 'pending' || job.storyboardVersion === 0) {
    await tx.job.update({ where: { id }, data: { settings } })
    return { outcome: 'with the film' }
  }
  if (job.audioStartedAt) return refused(MUSIC_UNDER_WAY)
  const { scenes, storyboardVersion } = job
  const version = storyboardVersion + 1
  const estimates = scenes.map(estimate)
  const estimateMicroUsd = estimates.reduce((sum, one) => sum + one, 0)
  const { count } = await tx.job.updateMany({
    where: { id, status, decision: null, storyboardVersion },
    data: { settings, estimateMicroUsd, audioStartedAt: startedAt, storyboardVersion: version },
  })
  if (count === 0) return refused(MUSIC_UNDER_WAY)
  for (const [n, scene] of scenes.entries()) {
    await tx.scene.update({ where: { id: scene.id }, data: { estimateMicroUsd: estimates[n] } })
  }
  await recordEvent(tx, id, 'storyboard', { version, by, scenes: scenes.length, music: true })
  return { outcome: 'with the film' }
}

function whyNoRetry({ status, stage, error }: JobWithScenes): string | null {
  if (stage === 'rejected' || stage === 'canceled') return `It has ended: ${error ?? stage}. Copy it to start anew`
  if (status !== 'failed') return `Only a failed job is retried, and this one is ${status}`
  return null
}

/** Goes on with what was bought: what is asked for was asked for before. */
export async function queueContinued(
  tx: Tx,
  job: JobWithScenes,
  wish: Wish & { predictionId: string },
): Promise<Queued> {
  await askBudgets(tx, job, wish.asker)
  if (wish.kind === 'retry') return queueRun(tx, job, wish)
  const begun = { audioStatus: 'processing', audioStartedAt: new Date(), audioError: null }
  if (wish.kind === 'music') await tx.job.update({ where: { id: job.id }, data: begun })
  return insert(tx, job, wish)
}

/** A retry of these scenes; the job is shown as running again, unless it runs anyway. */
async function queueRun(
  tx: Tx,
  job: JobWithScenes,
  wish: Pick<Wish, 'asker' | 'scenes' | 'predictionId' | 'soundtrack'>,
): Promise<Queued> {
  const queued = await insert(tx, job, { ...wish, kind: 'retry', music: false })
  await reopenJob(
    tx,
    job,
    wish.scenes.map(({ sceneId }) => sceneId),
  )
  return queued
}

interface Wish {
  kind: RevisionKind
  asker: Asker
  scenes: readonly { sceneId: string; changes: SceneChanges; takeId?: string; variants?: number }[]
  music: boolean
  musicSettings?: unknown
  /** The purchase that an operator decided about. */
  predictionId?: string
  /** Which one it goes on with; whichever is to be made where none is named. */
  soundtrack?: number
}

/** Writes it down, with the next number of its job. */
export async function insert(
  tx: Tx,
  { id: jobId }: { id: number },
  wish: Wish,
): Promise<{ outcome: 'queued'; revision: Revision }> {
  const { kind, scenes, music, predictionId, soundtrack } = wish
  const musicSettings = (wish.musicSettings ?? undefined) as Prisma.InputJsonObject | undefined
  const { by, signaledAs } = wish.asker
  const before = await tx.revision.aggregate({ where: { jobId }, _max: { number: true } })
  const number = (before._max.number ?? 0) + 1
  const revision = await tx.revision.create({
    // What a signal asked for is known to the workflow.
    data: {
      ...{ jobId, number, kind, by, music, musicSettings, predictionId, soundtrack },
      ...{ signaledAs, sentAt: signaledAs ? new Date() : null },
    },
  })
  for (const { sceneId, changes, takeId, variants } of scenes) {
    const wanted = { revisionId: revision.id, sceneId, changes: changes as Prisma.InputJsonObject, variants }
    await tx.sceneRevision.create({ data: { ...wanted, ...(takeId && { takeId, state: 'completed' }) } })
  }
  await recordRevision(tx, revision)
  return { outcome: 'queued', revision }
}

const recordRevision = (tx: Tx, { jobId, number, kind, state, error, by }: Revision) =>
  recordEvent(tx, jobId, 'revision', { number, kind, state, error, by })

const WITH_SCENES = { scenes: { include: { scene: { select: { position: true } } } } } as const

/** Null when there is none of that number. */
export async function findRevision(db: Db, jobId: number, number: number): Promise<RevisionWithScenes | null> {
  const revision = await db.revision.findUnique({ where: { jobId_number: { jobId, number } }, include: WITH_SCENES })
  if (!revision) return null
  const inOrder = revision.scenes.sort((a, b) => a.scene.position - b.scene.position)
  return { ...revision, scenes: inOrder.map(({ scene: _, ...scene }) => scene) }
}

/** Null when that signal has none yet. */
export function findSignaledRevision(db: Db, signaledAs: string): Promise<Revision | null> {
  return db.revision.findUnique({ where: { signaledAs } })
}

/** A job's newest; null when it has none. */
export function newestRevision(db: Db, jobId: number): Promise<Revision | null> {
  return db.revision.findFirst({ where: { jobId }, orderBy: { number: 'desc' } })
}

/** The number of the newest that was begun; 0 when none was. */
export async function newestBegun(db: Db, jobId: number): Promise<number> {
  const { _max } = await db.revision.aggregate({ where: { jobId, startedAt: { not: null } }, _max: { number: true } })
  return _max.number ?? 0
}

/** Revisions whose workflow is still to be told, oldest first. */
export function owedRevisions(db: Database, before: Date, take: number): Promise<Revision[]> {
  return db.revision.findMany({
    where: { state: 'queued', sentAt: null, insertedAt: { lt: before } },
    orderBy: { insertedAt: 'asc' },
    take,
  })
}

/** What is still to be made of a job, or is being made, in its order. */
export function openRevisions(db: Db, jobId: number): Promise<Revision[]> {
  return db.revision.findMany({ where: { jobId, state: { in: OPEN_REVISION_STATES } }, orderBy: { number: 'asc' } })
}

/** Also when it was sent before, to a run that a reset replaced. */
export async function markRevisionSent(db: Database, jobId: number, number: number): Promise<void> {
  await db.revision.updateMany({ where: { jobId, number }, data: { sentAt: new Date() } })
}

const NO_FILM = {
  ...{
    stitchedHash: null,
    stitchedSoundHash: null,
    videoHash: null,
    videoSize: null,
    videoDuration: null,
    thumbnailHash: null,
  },
  ...{ audioStatus: null, audioHash: null, audioSize: null },
}

/** @param begun what is fixed when it begins; nothing of it changes when it is begun again, after a reset */
export async function beginRevision(
  db: Database,
  revision: RevisionWithScenes,
  begun: { soundtrack: number | null; musicAttempt: number | null; attempts: Map<string, number> },
): Promise<RevisionWithScenes> {
  const { id, jobId, number, kind } = revision
  await db.$transaction(async (tx) => {
    const { count } = await tx.revision.updateMany({
      where: { id, state: 'queued' },
      data: {
        state: 'running',
        startedAt: new Date(),
        soundtrack: begun.soundtrack,
        musicAttempt: begun.musicAttempt,
      },
    })
    if (count === 0) return
    // A film that was stitched before the music failed does not show what is rendered now.
    if (kind === 'retry' && begun.attempts.size > 0) await tx.job.update({ where: { id: jobId }, data: NO_FILM })
    for (const [sceneId, firstAttempt] of begun.attempts) {
      await tx.sceneRevision.update({
        where: { revisionId_sceneId: { revisionId: id, sceneId } },
        data: { firstAttempt },
      })
      if (kind !== 'retry') continue
      const { changes } = revision.scenes.find((scene) => scene.sceneId === sceneId) ?? {}
      await tx.scene.update({ where: { id: sceneId }, data: { ...(changes as SceneChanges), attempt: firstAttempt } })
    }
    await recordRevision(tx, await tx.revision.findUniqueOrThrow({ where: { id } }))
  })
  return (await findRevision(db, jobId, number)) ?? revision
}

/** Ends it, once. @param error why it came to nothing; null when it is done */
export async function endRevision(tx: Tx, jobId: number, number: number, error: string | null): Promise<void> {
  const { count } = await tx.revision.updateMany({
    where: { jobId, number, state: { in: OPEN_REVISION_STATES } },
    data: { state: error === null ? 'completed' : 'failed', error, finishedAt: new Date() },
  })
  if (count === 0) return
  await recordRevision(tx, await tx.revision.findUniqueOrThrow({ where: { jobId_number: { jobId, number } } }))
}

/** Ends one that can't begin; nobody waits for its music any more. */
export async function refuseRevision(
  db: Database,
  { jobId, number, kind }: Revision,
  error: string | null,
): Promise<void> {
  await db.$transaction(async (tx) => {
    await endRevision(tx, jobId, number, error)
    if (kind !== 'music' || error === null) return
    const isMoreWanted = { some: { kind, state: { in: OPEN_REVISION_STATES } } }
    await tx.job.updateMany({
      where: { id: jobId, audioStatus: 'processing', NOT: { revisions: isMoreWanted } },
      data: { audioStatus: 'failed', audioError: error },
    })
  })
}

/** Ends all that are open, because nothing more happens to the job. @returns how many these were */
export async function endRevisions(tx: Tx, jobId: number, error: string): Promise<number> {
  const open = await tx.revision.findMany({
    where: { jobId, state: { in: OPEN_REVISION_STATES } },
    orderBy: { number: 'asc' },
  })
  for (const { number } of open) await endRevision(tx, jobId, number, error)
  return open.length
}
