/** What people say of moments of a film. Whatever happens to a note is an event of its job. */
import type { Database, Db, Prisma } from '../client.ts'
import type { Note } from '../generated/client.ts'
import { findJob } from './jobs.ts'
import { recordEvent } from './progress.ts'
import { videoVersion } from './video-version.ts'

export type { Note } from '../generated/client.ts'

/** What is told of a film: nobody reads more. */
const NOTES_OF_A_JOB = 1000

/** In the order of their moments. */
export function listNotes(db: Db, jobId: number): Promise<Note[]> {
  return db.note.findMany({ where: { jobId }, orderBy: [{ atSeconds: 'asc' }, { insertedAt: 'asc' }, { id: 'asc' }] })
}

/** Null when the job has no such note. */
export function findNote(db: Db, jobId: number, id: string): Promise<Note | null> {
  return db.note.findFirst({ where: { id, jobId } })
}

export interface NoteDraft {
  atSeconds: number
  text: string
  /** Which film it is said of; the one that is shown where it does not say. */
  videoVersion: number | undefined
  by: string
  authorId: string
}

export type Noted = { outcome: 'noted'; note: Note } | { outcome: 'unknown' } | Wrong
/** `field`: what is wrong, where it is a field of the note; `reason`: why, in words. */
type Wrong = { outcome: 'refused'; field: 'at_seconds' | 'video_version' | null; reason: string }

/** Says something of a job's film. */
export function addNote(db: Database, jobId: number, draft: NoteDraft): Promise<Noted> {
  return db.$transaction(async (tx) => {
    const job = await findJob(tx, jobId)
    if (!job) return { outcome: 'unknown' }
    const newest = await videoVersion(tx, job)
    if (newest === null) return refused(null, 'There is no film yet')
    const version = draft.videoVersion ?? newest
    if (version > newest) return refused('video_version', `must be at most ${newest}, which is shown now`)
    const end = job.videoDuration
    // How long former films were is not kept.
    if (version === newest && end !== null && draft.atSeconds > end) {
      return refused('at_seconds', `must be at most ${end}, the film's end`)
    }
    if ((await tx.note.count({ where: { jobId } })) >= NOTES_OF_A_JOB) {
      return refused(null, `It has ${NOTES_OF_A_JOB} notes: delete some first`)
    }
    const note = await tx.note.create({ data: { ...draft, jobId, videoVersion: version } })
    await recordNote(tx, note, 'added')
    return { outcome: 'noted', note }
  })
}

const refused = (field: Wrong['field'], reason: string): Wrong => ({ outcome: 'refused', field, reason })

/** Marks it as done, or as open again. @returns null when there is no such note any more */
export function resolveNote(
  db: Database,
  { id, jobId }: Pick<Note, 'id' | 'jobId'>,
  resolved: boolean,
  by: string,
): Promise<Note | null> {
  return db.$transaction(async (tx) => {
    const { count } = await tx.note.updateMany({
      where: { id, jobId, resolvedAt: resolved ? null : { not: null } },
      data: resolved ? { resolvedAt: new Date(), resolvedBy: by } : { resolvedAt: null, resolvedBy: null },
    })
    const note = await findNote(tx, jobId, id)
    if (note && count > 0) await recordNote(tx, note, resolved ? 'resolved' : 'reopened')
    return note
  })
}

/** A second call changes nothing. */
export async function deleteNote(db: Database, note: Note): Promise<void> {
  await db.$transaction(async (tx) => {
    const { count } = await tx.note.deleteMany({ where: { id: note.id, jobId: note.jobId } })
    if (count > 0) await recordNote(tx, note, 'deleted')
  })
}

function recordNote(tx: Prisma.TransactionClient, { id, jobId, atSeconds, by }: Note, change: string): Promise<void> {
  return recordEvent(tx, jobId, 'note', { note_id: id, change, at_seconds: atSeconds, by })
}
