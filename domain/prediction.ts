/** The words for a prediction in the ledger. Pure: no I/O. */

/**
 * intent: we mean to buy it, and may have; submitted: the provider has it; unknown: whether it was bought can't be
 * found out any more, an operator decides; refused: the provider said no before anything was bought.
 */
export const PREDICTION_STATES = [
  'intent',
  'submitted',
  'succeeded',
  'failed',
  'canceled',
  'unknown',
  'refused',
] as const
export type PredictionState = (typeof PREDICTION_STATES)[number]

export function isSettled(state: string): boolean {
  return state !== 'intent' && state !== 'submitted'
}

/** What is bought for a scene's picture, as the ledger calls it. */
export const sceneSubject = (sceneId: string) => `scene:${sceneId}`
/** What is bought for the music under the scene at `position` (from 0). */
export const musicSubject = (position: number) => `music:${position}`
