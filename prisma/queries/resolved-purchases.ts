/**
 * How a job goes on with a purchase of unknown outcome that an operator has decided about: adopted, it is waited for;
 * paid for again, it is the next attempt. What nothing would take any more is refused instead.
 */
import { positionOfMusic, positionOfVoice, sceneSubject } from '../../domain/prediction.ts'
import { isRevisionOpen, OPEN_REVISION_STATES, RENDERING_KINDS } from '../../domain/revision.ts'
import { JobSettings, variantsOf } from '../../domain/settings.ts'
import type { Prisma } from '../client.ts'
import type { JobWithScenes, Prediction } from './jobs.ts'
import { newestAttempt } from './ledger.ts'
import { type Asker, type Queued, queueContinued, type Revision, type SceneChanges } from './revisions.ts'
import { isChosenSince, regenerationOf, revisionOfAttempt } from './scene-revisions.ts'
import { copySoundtrack, isScored, musicSettingsOf, newestSoundtrack } from './soundtracks.ts'
import { takeOfRevision } from './takes.ts'

type Tx = Prisma.TransactionClient

const open = { state: { in: OPEN_REVISION_STATES } }
const refused = (reason: string): Queued => ({ outcome: 'refused', reason })
/** For good. */
const tooLate = (reason: string) => refused(`${reason}, so nothing would take what it made: abandon it`)
const ANOTHER_VARIANT = 'Another variant took its place'

export async function queueResolved(tx: Tx, job: JobWithScenes, resolved: Prediction, asker: Asker): Promise<Queued> {
  if (job.deletedAt) return tooLate('Its job has been deleted')
  if (job.stage === 'rejected' || job.stage === 'canceled') return tooLate(`Its job has ended (${job.stage})`)
  const newest = await newestAttempt(tx, job.id, resolved.subject)
  if (newest?.id !== resolved.id && !(newest && (await isVariantBeside(tx, job, resolved, newest))))
    return tooLate(`It was made anew since, by attempt ${newest?.attempt}`)
  if (positionOfVoice(resolved.subject) !== null) return queueVoice(tx, job, resolved, asker)
  const position = positionOfMusic(resolved.subject)
  return position === null
    ? queueScene(tx, job, resolved, asker)
    : queuePiece(tx, job, { resolved, position, soundtrack: resolved.soundtrack ?? 1 }, asker)
}

/** Whether the newest attempt is another variant, bought by the same decision: nobody has decided to pay again since. */
async function isVariantBeside(
  tx: Tx,
  job: JobWithScenes,
  { sceneId, attempt }: Prediction,
  newest: Prediction,
): Promise<boolean> {
  if (!sceneId) return false
  const revised = await revisionOfAttempt(tx, sceneId, attempt)
  if (!hasVariants(job, sceneId) && (revised?.variants ?? 1) === 1) return false
  return (await revisionOfAttempt(tx, sceneId, newest.attempt))?.revisionId === revised?.revisionId
}

function hasVariants({ settings, scenes }: JobWithScenes, sceneId: string): boolean {
  const scene = scenes.find(({ id }) => id === sceneId)
  return variantsOf(JobSettings.parse(settings), scene ?? {}) > 1
}

/** Of a job that still runs it is done when the rest of it has ended. */
async function queueScene(tx: Tx, job: JobWithScenes, resolved: Prediction, asker: Asker): Promise<Queued> {
  const { id: predictionId, attempt, sceneId } = resolved
  if (!sceneId) return tooLate('It is for no scene')
  const regeneration = await regenerationOf(tx, sceneId, attempt)
  if (!regeneration) {
    if (job.status === 'completed') return tooLate('Its film was finished without it')
    const scene = job.scenes.find(({ id }) => id === sceneId)
    if (scene?.state === 'completed') return tooLate(ANOTHER_VARIANT)
    if (hasVariants(job, sceneId) && job.status !== 'failed' && scene?.state !== 'failed')
      return refused('Variants of its scene are still being made: decide when they have ended')
    return queueContinued(tx, job, {
      kind: 'retry',
      scenes: [{ sceneId, changes: {} }],
      music: false,
      predictionId,
      asker,
    })
  }
  const { revision, changes, state } = regeneration
  if (state !== 'failed' && isRevisionOpen(revision.state))
    return refused(`Revision ${revision.number}, which asked for it, still runs: decide when it has ended`)
  if (state === 'completed') return tooLate(ANOTHER_VARIANT)
  const later = {
    jobId: job.id,
    kind: { in: RENDERING_KINDS },
    ...open,
    number: { not: revision.number },
    scenes: { some: { sceneId } },
  }
  const next = await tx.revision.findFirst({ where: later })
  if (next) return tooLate(`Revision ${next.number} renders its scene anew`)
  const { music, musicSettings, kind } = revision
  const goesOn = { music, musicSettings, predictionId, asker }
  // A film in full quality shows every scene so: what else of it failed is bought anew with this.
  if (kind === 'finalize') {
    if (await isChosenSince(tx, regeneration)) return tooLate('Another take of its scene was chosen since')
    const all = job.scenes.map(({ id }) => ({ sceneId: id, changes: {} }))
    return queueContinued(tx, job, { ...goesOn, kind, scenes: all })
  }
  const scenes = [{ sceneId, changes: changes as SceneChanges }, ...(await renderedBeside(tx, revision, sceneId))]
  return queueContinued(tx, job, { ...goesOn, kind: 'regenerate', scenes })
}

/** What a regeneration that failed has rendered, and nobody has rendered anew since: it is paid for, and comes into the film too. */
async function renderedBeside(tx: Tx, { id, jobId }: Revision, besideScene: string | null) {
  const scenes: { sceneId: string; changes: SceneChanges }[] = []
  for (const { sceneId, changes, firstAttempt } of await tx.sceneRevision.findMany({ where: { revisionId: id } })) {
    if (sceneId === besideScene || firstAttempt === null) continue
    const newest = await newestAttempt(tx, jobId, sceneSubject(sceneId))
    // Of several variants any will do.
    const take = await takeOfRevision(tx, sceneId, { firstAttempt, variants: 1 })
    if (!newest || !take) continue
    const isOfIt = (await regenerationOf(tx, sceneId, newest.attempt))?.revisionId === id
    if (isOfIt) scenes.push({ sceneId, changes: changes as SceneChanges })
  }
  return scenes
}

/** A voice-over: with the film that waits for it, else in a new film of the same clips. */
async function queueVoice(tx: Tx, job: JobWithScenes, { id: predictionId }: Prediction, asker: Asker): Promise<Queued> {
  const isRevised = await tx.revision.count({ where: { jobId: job.id, ...open } })
  if (isRevised > 0 || !['failed', 'completed'].includes(job.status)) {
    return refused('Its job is still being made: decide when that has ended')
  }
  const kind = job.status === 'failed' ? 'retry' : 'regenerate'
  return queueContinued(tx, job, { kind, scenes: [], music: false, predictionId, asker })
}

/** A piece of music: with the film that waits for it, else as late music of the finished one. */
async function queuePiece(
  tx: Tx,
  job: JobWithScenes,
  { resolved, position, soundtrack }: { resolved: Prediction; position: number; soundtrack: number },
  asker: Asker,
): Promise<Queued> {
  const predictionId = resolved.id
  const isWanted = await tx.revision.count({
    where: { jobId: job.id, ...open, OR: [{ kind: 'retry' }, { music: true }] },
  })
  if (isWanted > 0 || !['failed', 'completed'].includes(job.status)) {
    return refused('Its job, or the music of it, is still being made: decide when that has ended')
  }
  if ((await newestSoundtrack(tx, job)) > soundtrack) return tooLate('The music was made anew since')
  const goesOn = { predictionId, asker, soundtrack }
  if (job.status === 'failed') return queueContinued(tx, job, { ...goesOn, kind: 'retry', scenes: [], music: false })
  const musicSettings = await musicSettingsOf(tx, job, soundtrack)
  const regeneration = await failedRegenerationWith(tx, job.id, soundtrack)
  const scenes = regeneration ? await renderedBeside(tx, regeneration, null) : []
  const music = { ...goesOn, music: true, musicSettings, scenes }
  if (scenes.length > 0) return queueContinued(tx, job, { ...music, kind: 'regenerate' })
  if (!isScored(job, soundtrack)) return queueContinued(tx, job, { ...music, kind: 'music' })
  // The film has this music, with silence in place of the piece: the next one is the same but for that.
  const next = soundtrack + 1
  await copySoundtrack(tx, job.id, { from: soundtrack, to: next, without: position })
  if (resolved.resolution === 'adopt') {
    await tx.prediction.update({ where: { id: predictionId }, data: { soundtrack: next } })
  }
  return queueContinued(tx, job, { ...music, kind: 'music', soundtrack: next })
}

/** The regeneration whose film was to have a soundtrack, and failed. */
function failedRegenerationWith(tx: Tx, jobId: number, soundtrack: number): Promise<Revision | null> {
  return tx.revision.findFirst({
    where: { jobId, soundtrack, kind: 'regenerate', state: 'failed' },
    orderBy: { number: 'desc' },
  })
}
