/**
 * Which way a run goes where the workflow's code has changed since runs began that are still open (docs/deploys.md). A patch
 * costs the server a marker and an update of what runs are found by, some 20 ms of its CPU; so a run that begins now says
 * once, before anybody waits for it, that it knows all the changes up to a date (docs/decisions/0067-one-patch-a-run.md).
 */
import { patched } from '@temporalio/workflow'

/** Up to the date in `knownChanges`; a later one is asked for by `patched` where it is. */
type Change =
  | 'brief-unshown'
  | 'canceled-before-storyboard'
  | 'completion-in-task'
  | 'decision-in-task'
  | 'plan-with-approval'
  | 'siblings-end-first'
  | 'stage-attribute'
  | 'stage-of-rows'
  | 'wish-with-storyboard'

export type KnownChanges = (change: Change) => boolean

/** To be called first of all in a run: later it would be a step that histories don't have there. */
export function knownChanges(): KnownChanges {
  const all = patched('changes-to-2026-11-26')
  return (change) => all || patched(change)
}
