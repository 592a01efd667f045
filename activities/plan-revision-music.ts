/** The music that a revision makes, from what is wanted and what there is of it. */
import { canGoOn, musicSubject, positionOfMusic } from '../domain/prediction.ts'
import { isMusicWanted, JobSettings, type MusicSettings, segmentsToBuy } from '../domain/settings.ts'
import type { Database } from '../prisma/client.ts'
import type { AudioSegment } from '../prisma/generated/client.ts'
import type { JobWithScenes } from '../prisma/queries/jobs.ts'
import { newestAttempt } from '../prisma/queries/ledger.ts'
import type { RevisionWithScenes } from '../prisma/queries/revisions.ts'
import { musicSettingsOf, ofSoundtrack, soundtrackToMake } from '../prisma/queries/soundtracks.ts'
import type { MusicPlan } from '../workflows/contract.ts'

/** What is fixed when the revision begins: which soundtrack, and the first attempt of what is bought for it. */
export async function musicToMake(
  db: Database,
  job: JobWithScenes,
  { kind, music, musicSettings, soundtrack: decided }: RevisionWithScenes,
): Promise<{ soundtrack: number | null; musicAttempt: number | null }> {
  if (!music && kind !== 'retry') return { soundtrack: null, musicAttempt: null }
  const { _max: bought } = await db.prediction.aggregate({
    where: { jobId: job.id, sceneId: null },
    _max: { attempt: true },
  })
  const wanted = (musicSettings as MusicSettings | null) ?? JobSettings.parse(job.settings).music
  // A retry goes on with the soundtrack that failed.
  const soundtrack = decided ?? (kind === 'retry' ? job.soundtrack : await soundtrackToMake(db, job, wanted))
  return { soundtrack, musicAttempt: (bought.attempt ?? 0) + 1 }
}

/** @param revision as it was begun */
export async function musicPlan(
  db: Database,
  job: JobWithScenes,
  { kind, soundtrack, musicAttempt, predictionId }: RevisionWithScenes,
): Promise<MusicPlan | null> {
  if (soundtrack === null || musicAttempt === null) return null
  const wanted = await musicSettingsOf(db, job, soundtrack)
  if (kind === 'retry' && !isMusicWanted(wanted)) return null
  // The other kinds make music only where somebody asked for it, whatever the job was to have of itself.
  const music = kind === 'retry' ? wanted : { ...wanted, auto: true }
  const segments = segmentsToBuy(music, job.scenes.length)
  const pieces = await db.audioSegment.findMany({ where: { jobId: job.id, soundtrack } })
  const resolved = predictionId && (await db.prediction.findUnique({ where: { id: predictionId } }))
  const position = resolved ? positionOfMusic(resolved.subject) : null
  // Who decided about one piece did not ask for the others that failed: they stay silent.
  const isThere = (piece: AudioSegment) => piece.blobHash !== null || (position !== null && piece.position !== position)
  const have = pieces.filter(isThere).map((piece) => piece.position)
  return {
    segments,
    firstAttempt: musicAttempt,
    soundtrack,
    have,
    goOn: await piecesUnderWay(db, job, soundtrack, { segments, have }),
    haltOnError: music.errorStrategy === 'halt',
    // Where music was asked for, a revision without it has failed; either way the finished film stays as it is.
    failOnError: kind !== 'retry' || music.failOnError,
  }
}

/** Pieces that are bought and not stored. One after a piece that is still to be made would not continue it. */
async function piecesUnderWay(
  db: Database,
  { id: jobId }: JobWithScenes,
  soundtrack: number,
  { segments, have }: { segments: number; have: number[] },
): Promise<MusicPlan['goOn']> {
  const underWay: NonNullable<MusicPlan['goOn']> = []
  for (let position = 0; position < segments; position++) {
    const isNext = !have.includes(position) && (position === 0 || have.includes(position - 1))
    if (!isNext) continue
    const newest = await newestAttempt(db, jobId, musicSubject(position), ofSoundtrack(soundtrack))
    if (newest && canGoOn(newest)) underWay.push({ position, attempt: newest.attempt })
  }
  return underWay
}
