/** The words for what more is made of a job that was decided. Pure: no I/O. */

/**
 * retry: a failed job goes on, and pays only for what failed; regenerate: scenes of a finished film are rendered again;
 * finalize: all scenes of a finished draft are rendered in full quality; choose: a finished film shows another take of a
 * scene, which costs nothing; music: the music of a finished film is made, for the first time or anew.
 */
export const REVISION_KINDS = ['retry', 'regenerate', 'finalize', 'choose', 'music'] as const
export type RevisionKind = (typeof REVISION_KINDS)[number]

export const REVISION_STATES = ['queued', 'running', 'completed', 'failed'] as const
export type RevisionState = (typeof REVISION_STATES)[number]

/** Of one that is still to be made, or is being made. */
export const OPEN_REVISION_STATES: RevisionState[] = ['queued', 'running']

export function isRevisionOpen(state: string): boolean {
  return (OPEN_REVISION_STATES as string[]).includes(state)
}

/** Those that render scenes of a finished film, which is served until the new one takes its place. */
export const RENDERING_KINDS: RevisionKind[] = ['regenerate', 'finalize']

export const isRendering = (kind: string | undefined) => (RENDERING_KINDS as (string | undefined)[]).includes(kind)
