/** Which voice-overs are to be bought. */
import { canGoOn, positionOfVoice, voiceSubject } from '../domain/prediction.ts'
import { planVoices } from '../domain/render-plan.ts'
import { JobSettings } from '../domain/settings.ts'
import type { Database } from '../prisma/client.ts'
import type { JobWithScenes } from '../prisma/queries/jobs.ts'
import { newestAttempt } from '../prisma/queries/ledger.ts'
import type { RevisionWithScenes } from '../prisma/queries/revisions.ts'
import type { VoicePlan } from '../workflows/contract.ts'

/**
 * What a revision, as it was begun, still has spoken: of a failed job all that lacks, after an operator's decision what
 * that was about, and nothing for a finished film otherwise.
 */
export async function revisedVoicePlan(
  db: Database,
  job: JobWithScenes,
  revision: RevisionWithScenes,
): Promise<{ voices?: VoicePlan }> {
  const { kind, predictionId } = revision
  const resolved = predictionId && (await db.prediction.findUnique({ where: { id: predictionId } }))
  const asked = resolved ? positionOfVoice(resolved.subject) : null
  if (kind !== 'retry' && asked === null) return {}
  const scenes: VoicePlan['scenes'] = []
  for (const { position, voiceOver, voiceHash } of job.scenes) {
    if (!voiceOver || voiceHash) continue
    const { attempt, isFree } = await attemptToMake(db, job.id, position, revision)
    // Who decided about one purchase did not ask for what failed beside it.
    if (isFree || position === asked || !predictionId) scenes.push({ position, attempt })
  }
  return planVoices(JobSettings.parse(job.settings), scenes)
}

/** The newest attempt where it costs nothing more, else another one; once it has begun, the same whenever it is planned. */
async function attemptToMake(db: Database, jobId: number, position: number, { startedAt }: RevisionWithScenes) {
  const subject = voiceSubject(position)
  const begun = startedAt && { insertedAt: { gte: startedAt } }
  const own =
    begun && (await db.prediction.findFirst({ where: { jobId, subject, ...begun }, orderBy: { attempt: 'asc' } }))
  if (own) return { attempt: own.attempt, isFree: true }
  const newest = await newestAttempt(db, jobId, subject)
  if (!newest) return { attempt: 1, isFree: true }
  const isFree = canGoOn(newest)
  return { attempt: isFree ? newest.attempt : newest.attempt + 1, isFree }
}
