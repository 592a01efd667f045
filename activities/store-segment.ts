/** Stores a piece of the soundtrack: its new music, and its end for the next piece to continue from. */
import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { musicSubject } from '../domain/prediction.ts'
import type { Database, Prisma } from '../prisma/client.ts'
import { getJob } from '../prisma/queries/jobs.ts'
import { recordEvent } from '../prisma/queries/progress.ts'
import { musicSettingsOf } from '../prisma/queries/soundtracks.ts'
import type { PredictionRef } from '../workflows/contract.ts'
import type { ActivityDeps } from './deps.ts'
import { endPredictions } from './end-predictions.ts'
import { canceled } from './heartbeat.ts'
import { musicSeconds } from './music-seconds.ts'
import { takeOutput } from './take-output.ts'
import { inTempFolder } from './temp-folder.ts'

/** Seconds of a segment that the next one continues from: enough to hold key and tempo, little to pay for again. */
const TAIL_SECONDS = 4

export const storeSegment =
  (deps: ActivityDeps) =>
  async ({
    jobId,
    predictionId,
    position,
    soundtrack = 1,
  }: PredictionRef & { position: number; soundtrack?: number }): Promise<void> => {
    const { db, blobs, media, config, tempDir } = deps
    const place = { jobId, soundtrack, position }
    const known = await db.audioSegment.findUnique({ where: { jobId_soundtrack_position: place } })
    if (known?.predictionId === predictionId) return
    const job = await getJob(db, jobId)
    const duration = musicSeconds(job, position)
    const before = await db.audioSegment.findUnique({
      where: { jobId_soundtrack_position: { ...place, position: position - 1 } },
    })
    const continued = before?.tailHash ? (before.tailDuration ?? 0) : 0
    const { fadeSeconds } = await musicSettingsOf(db, job, soundtrack)
    const overlap = Math.min(fadeSeconds, continued)
    const prediction = await db.prediction.findUniqueOrThrow({ where: { id: predictionId } })

    const signal = canceled()

    await inTempFolder(tempDir, async (folder) => {
      const raw = path.join(folder, 'raw.wav')
      const segment = path.join(folder, 'segment.wav')
      const tail = path.join(folder, 'tail.wav')
      await takeOutput(deps, prediction, raw, () =>
        media.cutSegment({
          input: raw,
          output: segment,
          skipSeconds: continued,
          durationSeconds: duration,
          overlapSeconds: overlap,
          signal,
        }),
      )
      const kept = await media.tail({
        input: segment,
        output: tail,
        seconds: Math.min(TAIL_SECONDS, duration),
        signal,
      })
      const tailBlob = await blobs.putFile(tail)
      const blob = await blobs.putFile(segment)
      await saveSegment(deps, place, {
        blobHash: blob.hash,
        duration,
        overlap,
        error: null,
        predictionId,
        tailHash: tailBlob.hash,
        tailDuration: kept.seconds,
        expiresAt: new Date(Date.now() + config.audio.segmentTtlSeconds * 1000),
      })
    })
  }

interface SilencedSegment {
  jobId: number
  position: number
  soundtrack?: number
  /** Which one failed, the last that was made; absent in histories from before that was told. */
  attempt?: number
  reason: string
}

/**
 * Puts silence where a segment failed, so that the others keep their places. After a reset it fails once more: what was
 * bought and stored since then stays.
 */
export const silenceSegment =
  (deps: ActivityDeps) =>
  async ({ jobId, position, soundtrack = 1, attempt, reason }: SilencedSegment): Promise<void> => {
    const duration = musicSeconds(await getJob(deps.db, jobId), position)
    deps.log.warn({ jobId, position, reason }, 'music segment failed, continuing with silence')
    await endPredictions(deps, { jobId, subject: musicSubject(position), attempt: { lte: attempt } }, reason)
    const place = { jobId, soundtrack, position }
    if (attempt !== undefined && (await isStored(deps.db, place))) return
    await saveSegment(deps, place, {
      blobHash: null,
      duration,
      overlap: 0,
      error: reason,
      predictionId: null,
      tailHash: null,
      tailDuration: null,
      expiresAt: new Date(),
    })
  }

type SegmentPlace = { jobId: number; soundtrack: number; position: number }
type SegmentRow = Omit<Prisma.AudioSegmentUncheckedCreateInput, keyof SegmentPlace | 'token'>

async function isStored(db: Database, place: SegmentPlace): Promise<boolean> {
  return (await db.audioSegment.count({ where: { ...place, blobHash: { not: null } } })) > 0
}

async function saveSegment({ db }: ActivityDeps, place: SegmentPlace, row: SegmentRow): Promise<void> {
  const { jobId, position } = place
  await db.$transaction(async (tx) => {
    await tx.audioSegment.upsert({
      where: { jobId_soundtrack_position: place },
      create: { ...row, ...place, token: randomBytes(24).toString('base64url') },
      update: row,
    })
    await recordEvent(tx, jobId, 'music_segment', { position, error: row.error ?? null })
  })
}
