/** What a job's events may be called. Pure: no I/O. */

export const JOB_EVENT_TYPES = [
  ...(['created', 'storyboard', 'storyboard_failed', 'note', 'deleted'] as const),
  ...(['approved', 'rejected', 'canceled', 'resolved', 'over_budget', 'budget_overridden'] as const),
  ...(['progress', 'scene', 'film', 'revision', 'scene_revision'] as const),
  ...(['music', 'music_failed', 'music_segment', 'voice_over', 'voice_over_too_long'] as const),
] as const
export type JobEventType = (typeof JOB_EVENT_TYPES)[number]
