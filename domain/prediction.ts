/** The words for a prediction in the ledger. Pure: no I/O. */

/**
 * intent: we mean to buy it, and may have; submitted: the provider has it; unknown: whether it was bought can't be
 * found out any more, an operator decides; refused: the provider said no before anything was bought; abandoned: an
 * operator decided that one of unknown outcome is not waited for any more.
 */
export const PREDICTION_STATES = [
  'intent',
  'submitted',
  'succeeded',
  'failed',
  'canceled',
  'unknown',
  'refused',
  'abandoned',
] as const
export type PredictionState = (typeof PREDICTION_STATES)[number]

/**
 * Why a prediction failed: `moderation`, the content filter refused it; `unfetchable`, the provider could not fetch the
 * pictures or the music that we named; `interrupted`, the provider dropped it; `other`, anything else. One that
 * succeeded, and is paid for, can still be lost: `expired`, its output was gone before it was stored; `unusable`, its
 * output was cut short or broken however often it was fetched.
 */
export type PredictionFailure = 'moderation' | 'unfetchable' | 'interrupted' | 'expired' | 'unusable' | 'other'

/** How many attempts may end in the same failure before a person decides; the others are made again by themselves. */
export const AUTOMATIC_ATTEMPTS: Record<PredictionFailure, number> = {
  // Filters are not deterministic: the same again passes now and then, but seldom enough.
  moderation: 2,
  // Our own server was away, or theirs dropped it: neither is the scene's fault, and neither is billed. The first may last:
  // with the waits between them these are about four minutes.
  unfetchable: 10,
  interrupted: 4,
  // Paid for already, so once only.
  expired: 2,
  unusable: 2,
  other: 1,
}

const LONGEST_WAIT_SECONDS = 60

/**
 * What was away gets time to come back, longer each time.
 * @param failures how many attempts have ended in this failure
 * @returns how long after the last of them the next is made, seconds
 */
export function waitBeforeAttempt(failure: PredictionFailure, failures: number): number {
  if (failure !== 'unfetchable' && failure !== 'interrupted') return 0
  return Math.min(2 ** (failures - 1), LONGEST_WAIT_SECONDS)
}

export const RESOLUTIONS = ['adopt', 'pay_again', 'abandon'] as const
/** What an operator does about a prediction of unknown outcome. */
export type Resolution = (typeof RESOLUTIONS)[number]

export function isSettled(state: string): boolean {
  return state !== 'intent' && state !== 'submitted'
}

/** The provider keeps outputs for an hour. */
const OUTPUT_KEPT_MS = 55 * 60_000

/** Whether an attempt costs nothing more although nothing of it is stored: it was never bought, runs, or can be fetched. */
export function canGoOn({ state, finishedAt, failure }: Ended): boolean {
  if (state === 'refused' || state === 'intent' || state === 'submitted') return true
  return state === 'succeeded' && !failure && Date.now() - (finishedAt?.getTime() ?? 0) < OUTPUT_KEPT_MS
}

interface Ended {
  state: string
  finishedAt: Date | null
  failure: string | null
}

/** What is bought for a scene's picture, as the ledger calls it. */
export const sceneSubject = (sceneId: string) => `scene:${sceneId}`
/** What all of a job's music begins with there. */
export const MUSIC = 'music:'
/** What is bought for the music under the scene at `position` (from 0). */
export const musicSubject = (position: number) => `${MUSIC}${position}`
/** What is bought for the voice-over of the scene at `position` (from 0). */
export const voiceSubject = (position: number) => `voice:${position}`
/** The position that a subject names; null where it is no voice-over. */
export function positionOfVoice(subject: string): number | null {
  const [kind, position] = subject.split(':')
  return kind === 'voice' ? Number(position) : null
}
/** The position that a subject names; null where it is no music. */
export function positionOfMusic(subject: string): number | null {
  const [kind, position] = subject.split(':')
  return kind === 'music' ? Number(position) : null
}
