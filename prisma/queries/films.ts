/** The film of a job, and those that revisions make to take its place. */
import { isRevisionOpen, OPEN_REVISION_STATES } from '../../domain/revision.ts'
import { settingsOf } from '../../domain/settings.ts'
import type { Database, Db, Prisma } from '../client.ts'
import type { Job, Revision, Scene } from '../generated/client.ts'
import { inTransaction } from '../statements.ts'
import type { JobWithScenes } from './jobs.ts'
import { advanceUnended, recordEvent } from './progress.ts'
import { endRevision, findRevision, type SceneChanges } from './revisions.ts'
import { showingTake, shown, takeOfRevision } from './takes.ts'

export type Film = Pick<
  Job & Revision,
  | 'stitchedHash'
  | 'stitchedSoundHash'
  | 'videoHash'
  | 'videoSize'
  | 'videoDuration'
  | 'thumbnailHash'
  | 'audioHash'
  | 'audioSize'
>

/** The kind of the revision that makes a film; null for the job's own. */
export async function kindOfFilm(db: Db, jobId: number, revision: number | undefined): Promise<string | null> {
  if (revision === undefined) return null
  return (await db.revision.findUniqueOrThrow({ where: { jobId_number: { jobId, number: revision } } })).kind
}

/** As far as it is made. @param revision its number; none for the job's own film */
export async function filmInTheMaking(db: Db, job: Job, revision: number | undefined): Promise<Film> {
  return revision === undefined
    ? job
    : db.revision.findUniqueOrThrow({ where: { jobId_number: { jobId: job.id, number: revision } } })
}

/** Keeps what was made of it. */
export async function saveFilm(
  db: Database,
  jobId: number,
  revision: number | undefined,
  made: Partial<Film> & { soundtrack?: number },
): Promise<void> {
  if (revision === undefined) await inTransaction(db, jobId, (tx) => advanceUnended(tx, jobId, 'stitching', made))
  else await db.revision.update({ where: { jobId_number: { jobId, number: revision } }, data: made })
}

/** The scenes as a film shows them: those of a revision with their new takes, or the chosen ones, the others as they are. */
export async function scenesToShow(db: Db, job: JobWithScenes, revision: number | undefined): Promise<Scene[]> {
  const revised = revision === undefined ? null : await findRevision(db, job.id, revision)
  if (!revised) return job.scenes
  return Promise.all(
    job.scenes.map(async (scene) => {
      const change = revised.scenes.find(({ sceneId }) => sceneId === scene.id)
      if (!change) return scene
      if (change.takeId) return showingTake(scene, await db.take.findUniqueOrThrow({ where: { id: change.takeId } }))
      const made = { firstAttempt: change.firstAttempt ?? 1, variants: change.variants }
      const take = await takeOfRevision(db, scene.id, made)
      return { ...scene, ...(change.changes as SceneChanges), ...(take ? shown(take) : { clipHash: null }) }
    }),
  )
}

/** What a job says once its music is there. */
export function audioCompleted(soundtrack: number, merged: boolean) {
  const audioGeneratedAt = new Date()
  return { soundtrack, audioStatus: 'completed', audioError: null, audioMerged: merged, audioGeneratedAt }
}

/**
 * A second call changes nothing.
 * @param finalMicroUsd what rendering a scene in full quality costs: what a draft that is finalized was to cost grows by it
 * @throws when the revision's film is not made
 */
export async function replaceFilm(
  db: Database,
  jobId: number,
  number: number,
  finalMicroUsd: (scene: Scene) => number,
): Promise<void> {
  await db.$transaction(async (tx) => {
    const job = await tx.job.findUniqueOrThrow({
      where: { id: jobId },
      include: { scenes: { orderBy: { position: 'asc' } } },
    })
    const revision = await tx.revision.findUniqueOrThrow({ where: { jobId_number: { jobId, number } } })
    const { stitchedHash, stitchedSoundHash, videoHash, videoSize, videoDuration, thumbnailHash } = revision
    if (!isRevisionOpen(revision.state)) return
    if (!stitchedHash || !videoHash) throw new Error(`Revision ${number} of job ${jobId} has no film.`)
    const isFinal = revision.kind === 'finalize'
    let paidMore = 0
    for (const scene of await scenesToShow(tx, job, number)) {
      const { id, jobId: _, updatedAt: __, overlays, ...row } = scene
      const more = isFinal ? finalMicroUsd(scene) : 0
      const estimateMicroUsd = row.estimateMicroUsd === null ? null : row.estimateMicroUsd + more
      await tx.scene.update({ where: { id }, data: { ...row, overlays: overlays ?? undefined, estimateMicroUsd } })
      paidMore += more
    }
    await tx.job.update({
      where: { id: jobId },
      data: {
        stitchedHash,
        stitchedSoundHash,
        videoHash,
        videoSize,
        videoDuration,
        thumbnailHash,
        ...(await newMusic(tx, job, revision)),
        // From here on it is a film like any other.
        ...(isFinal && {
          settings: settingsOf(job, revision.kind),
          estimateMicroUsd: job.estimateMicroUsd + paidMore,
        }),
      },
    })
    await recordEvent(tx, jobId, 'film', { revision: number })
    await endRevision(tx, jobId, number, null)
  })
}

async function newMusic(
  tx: Prisma.TransactionClient,
  job: Job,
  revision: Revision,
): Promise<Prisma.JobUncheckedUpdateInput> {
  const { audioHash, audioSize, soundtrack, videoHash, stitchedHash } = revision
  if (!audioHash) return {}
  const isKept = soundtrack === null || (job.audioHash !== null && soundtrack === job.soundtrack)
  if (isKept) return { audioHash, audioSize }
  const completed = audioCompleted(soundtrack, videoHash !== stitchedHash)
  const wanted = { jobId: job.id, kind: 'music', state: { in: OPEN_REVISION_STATES } }
  // Whoever waits for the music asked for later waits on.
  const isMoreWanted = (await tx.revision.count({ where: wanted })) > 0
  return { audioHash, audioSize, ...completed, ...(isMoreWanted && { audioStatus: 'processing' }) }
}
