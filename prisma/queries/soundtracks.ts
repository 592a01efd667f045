/** A job's soundtracks: which is in its film, and which one is to be made next. */
import { randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { JobSettings, type MusicSettings } from '../../domain/settings.ts'
import type { Db, Prisma } from '../client.ts'
import type { Job } from '../generated/client.ts'

/**
 * Whether nothing more is to be done for a soundtrack: the film has it, or a later one.
 * @param soundtrack its number; none in histories from before soundtracks had one
 */
export function isScored(job: Job, soundtrack?: number): boolean {
  const { audioStatus, soundtrack: shown } = job
  if (soundtrack === undefined) return audioStatus === 'completed'
  // An earlier release fitted the user's own music anew under the number that the film had.
  return isShown(job, soundtrack) && (shown > soundtrack || audioStatus !== 'processing')
}

/** Whether the film has a soundtrack, or a later one. */
export const isShown = ({ audioHash, soundtrack: shown }: Job, soundtrack: number) =>
  audioHash !== null && shown >= soundtrack

/** What is wanted of a soundtrack: what its newest revision says, else the job. */
export async function musicSettingsOf(db: Db, job: Job, soundtrack: number): Promise<MusicSettings> {
  const { music } = JobSettings.parse(job.settings)
  const revision = await db.revision.findFirst({
    where: { jobId: job.id, soundtrack, kind: { not: 'retry' } },
    orderBy: { number: 'desc' },
  })
  return (revision?.musicSettings as MusicSettings | null | undefined) ?? music
}

/**
 * The soundtrack that is made for `wanted`: the newest, where it never came into the film and was to sound the same, so
 * that what is there of it is not paid for again; else another one.
 */
export async function soundtrackToMake(db: Db, job: Job, wanted: MusicSettings): Promise<number> {
  const newest = await newestSoundtrack(db, job)
  if (newest === 0 || isShown(job, newest)) return newest + 1
  return soundsTheSame(await musicSettingsOf(db, job, newest), wanted) ? newest : newest + 1
}

/** What was bought for a soundtrack. Rows from before that was written down are of the first, where only that was begun. */
export function ofSoundtrack(soundtrack: number): Prisma.PredictionWhereInput {
  return soundtrack === 1 ? { OR: [{ soundtrack }, { soundtrack: null }] } : { soundtrack }
}

/** 0 when none was begun. */
export async function newestSoundtrack(db: Db, job: Job): Promise<number> {
  const which = { where: { jobId: job.id }, _max: { soundtrack: true } } as const
  const bought = await db.prediction.aggregate(which)
  const made = await db.audioSegment.aggregate(which)
  const asked = await db.revision.aggregate(which)
  const numbers = [bought, made, asked].map(({ _max }) => _max.soundtrack ?? 0)
  return Math.max(job.audioHash ? job.soundtrack : 0, ...numbers)
}

/** As far as its pieces go; how they are fitted to the film is seen to when all are there. */
function soundsTheSame(one: MusicSettings, other: MusicSettings): boolean {
  const heard = ({ prompt, model, fadeSeconds, assetId }: MusicSettings) => [
    prompt,
    model,
    fadeSeconds,
    assetId ?? null,
  ]
  return isDeepStrictEqual(heard(one), heard(other))
}

/** Whether more music was asked for since a revision, and is being made or was. @param since its number */
export async function isMusicRedone(tx: Prisma.TransactionClient, jobId: number, since: number): Promise<boolean> {
  const later = { jobId, number: { gt: since }, musicAttempt: { not: null } }
  return (await tx.revision.count({ where: later })) > 0
}

/**
 * Begins a soundtrack with the pieces, and the silences, of another one. What may have been bought for one of the
 * silences is from then on for the copy: that is where it is missing.
 * @param without the position that is to be made
 */
export async function copySoundtrack(
  tx: Prisma.TransactionClient,
  jobId: number,
  { from, to, without }: { from: number; to: number; without: number },
): Promise<void> {
  const pieces = await tx.audioSegment.findMany({ where: { jobId, soundtrack: from, position: { not: without } } })
  for (const { id: _, insertedAt: __, ...piece } of pieces) {
    const token = randomBytes(24).toString('base64url')
    await tx.audioSegment.create({ data: { ...piece, soundtrack: to, token } })
  }
  await tx.prediction.updateMany({
    where: { ...ofSoundtrack(from), jobId, sceneId: null, state: 'unknown' },
    data: { soundtrack: to },
  })
}
