/** What a revision of a decided job will do, from what the rows say is wanted and done. */
import { Context } from '@temporalio/activity'
import type { JobStage } from '../domain/job.ts'
import { sceneSubject } from '../domain/prediction.ts'
import { isRevisionOpen, type RevisionKind } from '../domain/revision.ts'
import { isMusicWanted, JobSettings, segmentsToBuy } from '../domain/settings.ts'
import type { Database } from '../prisma/client.ts'
import { getJob, type JobWithScenes, type Prediction } from '../prisma/queries/jobs.ts'
import { newestAttempt } from '../prisma/queries/ledger.ts'
import { reopenJob } from '../prisma/queries/progress.ts'
import {
  beginRevision,
  endRevision,
  findRevision,
  findSignaledRevision,
  queueMusic,
  queueRegeneration,
  queueRetry,
  type RevisionWithScenes,
} from '../prisma/queries/revisions.ts'
import { isTaken } from '../prisma/queries/takes.ts'
import type { AskedRevision, MusicPlan, RevisionPlan } from '../workflows/contract.ts'
import type { ActivityDeps } from './deps.ts'

export const planRevision =
  (deps: ActivityDeps) =>
  async ({ jobId, revision: wish }: { jobId: number; revision: AskedRevision }): Promise<RevisionPlan> => {
    const { db } = deps
    const number = wish.number ?? (await numberOfSignal(deps, jobId, wish))
    const revision = number === null ? null : await findRevision(db, jobId, number)
    const job = await getJob(db, jobId)
    const stage = job.stage as JobStage
    // An approval that is in the row, and still to be sent, is waited for.
    const decided = stage !== 'pending'
    // It may have been told twice, or its run been reset.
    if (!revision || !isRevisionOpen(revision.state)) return { decided, stage, music: null }
    const { kind } = revision
    if (!decided || job.decision !== 'approved' || !suits(kind, job)) {
      await db.$transaction((tx) => endRevision(tx, jobId, revision.number, whyIdle(job)))
      return { decided, stage, music: null }
    }
    const begun = await begin(db, job, revision)
    return {
      decided,
      stage: (await getJob(db, jobId)).stage as JobStage,
      revision: { number: revision.number, kind: kind as RevisionKind },
      scenes: begun.scenes.map(({ sceneId, firstAttempt }) => ({ id: sceneId, attempt: firstAttempt ?? 1 })),
      maxParallelScenes: JobSettings.parse(job.settings).maxParallelScenes,
      music: await musicPlan(db, job, begun),
    }
  }

/** A retry of a job that runs was queued meanwhile: it ran into its failure by now, or needs none any more. */
function suits(kind: string, { status, stage }: JobWithScenes): boolean {
  if (kind !== 'retry') return status === 'completed'
  return status === 'processing' || stage === 'failed'
}

/** Null where everything that was asked for is done by this. */
function whyIdle({ stage, status, error }: JobWithScenes): string | null {
  // A retried storyboard is written by now, and waits for approval.
  if (stage === 'pending') return null
  return status === 'completed' ? null : `Nothing was made: the job has ended as ${status}${error ? `. ${error}` : ''}`
}

/** Writes down what a signal from Temporal's UI or CLI asks for, once. @returns null when it asks for what can't be done */
async function numberOfSignal({ db, log }: ActivityDeps, jobId: number, wish: AskedRevision): Promise<number | null> {
  const { workflowExecution, activityId } = Context.current().info
  const signaledAs = wish.signal ?? `${workflowExecution?.runId}:${activityId}`
  const known = await findSignaledRevision(db, signaledAs)
  if (known) return known.number
  const asker = { by: 'a Temporal signal', signaledAs }
  const { scenes = [], music = false } = wish
  const job = await getJob(db, jobId)
  if (music && scenes.length === 0) {
    const settings = JobSettings.parse(job.settings)
    const wanted = { ...settings, music: { ...settings.music, auto: true } }
    const queued = await queueMusic(db, job, wanted, { ...asker, startedAt: new Date() })
    return queued && typeof queued === 'object' ? queued.number : null
  }
  const queued =
    scenes.length > 0
      ? await queueRegeneration(db, jobId, scenes, { changes: {}, music }, asker)
      : await queueRetry(db, jobId, asker)
  if (queued.outcome === 'queued') return queued.revision.number
  const reason = queued.outcome === 'refused' ? queued.reason : 'It names scenes that the job does not have'
  log.warn({ jobId, reason }, 'a revision that was signaled can not be made')
  return null
}

async function begin(db: Database, job: JobWithScenes, revision: RevisionWithScenes): Promise<RevisionWithScenes> {
  if (revision.state === 'running') return revision
  const attempts = new Map<string, number>()
  for (const { sceneId, changes } of revision.scenes) {
    const newest = await newestAttempt(db, job.id, sceneSubject(sceneId))
    const asItWas = revision.kind === 'retry' && Object.keys(changes as object).length === 0
    const attempt = newest?.attempt ?? 0
    const isFree = newest && asItWas && (canGoOn(newest) || (await isTaken(db, newest.id)))
    attempts.set(sceneId, isFree ? attempt : attempt + 1)
  }
  if (revision.kind === 'retry') {
    await db.$transaction((tx) => reopenJob(tx, job, [...attempts.keys()]))
  }
  return beginRevision(db, revision, { attempts, ...(await musicToMake(db, job, revision)) })
}

/** The provider keeps outputs for an hour. */
const OUTPUT_KEPT_MS = 55 * 60_000

/** Whether an attempt costs nothing more although no clip of it is stored: it was never bought, runs, or can be fetched. */
function canGoOn({ state, finishedAt, failure }: Prediction): boolean {
  if (state === 'refused' || state === 'intent' || state === 'submitted') return true
  return state === 'succeeded' && !failure && Date.now() - (finishedAt?.getTime() ?? 0) < OUTPUT_KEPT_MS
}

async function musicToMake(db: Database, job: JobWithScenes, { kind, music }: RevisionWithScenes) {
  if (!music && kind !== 'retry') return { soundtrack: null, musicAttempt: null }
  const { _max: bought } = await db.prediction.aggregate({
    where: { jobId: job.id, sceneId: null },
    _max: { attempt: true },
  })
  const { _max: made } = await db.audioSegment.aggregate({ where: { jobId: job.id }, _max: { soundtrack: true } })
  // A retry goes on with the soundtrack that failed; whoever asks anew gets another.
  const soundtrack = kind === 'retry' ? job.soundtrack : (made.soundtrack ?? 0) + 1
  return { soundtrack, musicAttempt: (bought.attempt ?? 0) + 1 }
}

async function musicPlan(db: Database, job: JobWithScenes, revision: RevisionWithScenes): Promise<MusicPlan | null> {
  const { music } = JobSettings.parse(job.settings)
  const { kind, soundtrack, musicAttempt } = revision
  if (soundtrack === null || musicAttempt === null) return null
  if (kind === 'retry' && !isMusicWanted(music)) return null
  const stored = await db.audioSegment.findMany({
    where: { jobId: job.id, soundtrack, blobHash: { not: null } },
    select: { position: true },
  })
  return {
    segments: segmentsToBuy(music, job.scenes.length),
    firstAttempt: musicAttempt,
    soundtrack,
    have: stored.map(({ position }) => position),
    haltOnError: music.errorStrategy === 'halt',
    // Late music that fails leaves the film as it is; a new film without the music that was asked for is none.
    failOnError: kind === 'retry' ? music.failOnError : kind === 'regenerate',
  }
}
