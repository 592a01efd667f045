/** The words for a job and its scenes that rows, workflow and API share. Pure: no I/O. */

export const JOB_TYPES = ['image_pairs', 'property_photos', 'campaign'] as const
export type JobType = (typeof JOB_TYPES)[number]

/** No other value, ever: frontends poll until one of the last two. */
export const JOB_STATUSES = ['pending', 'approved', 'processing', 'completed', 'failed'] as const
export type JobStatus = (typeof JOB_STATUSES)[number]
/** Of a job that has not ended. */
export const OPEN_STATUSES = ['pending', 'approved', 'processing'] as const satisfies JobStatus[]

/** In the order in which a job passes through them. */
const PASSING_STAGES = [
  'pending',
  'starting_render',
  'waiting_prediction',
  'downloading_video',
  'stitching',
  'audio_generation_pending',
  'audio_generation',
] as const
const FINAL_STAGES = ['completed', 'audio_completed', 'failed', 'rejected', 'canceled'] as const
export const JOB_STAGES = [...PASSING_STAGES, ...FINAL_STAGES] as const
export type PassingStage = (typeof PASSING_STAGES)[number]
export type FinalStage = (typeof FINAL_STAGES)[number]
export type JobStage = PassingStage | FinalStage

export function isFinalStage(stage: string): stage is FinalStage {
  return (FINAL_STAGES as readonly string[]).includes(stage)
}

/** Whether a job at `current` may be shown at `next`: progress never runs backwards, and what is final stays. */
export function mayAdvance(current: JobStage, next: JobStage): boolean {
  if (isFinalStage(current)) return false
  if (isFinalStage(next)) return true
  return PASSING_STAGES.indexOf(next) > PASSING_STAGES.indexOf(current as PassingStage)
}

export const SCENE_STATES = ['pending', 'submitting', 'rendering', 'downloading', 'completed', 'failed'] as const
export type SceneState = (typeof SCENE_STATES)[number]

/** What `GET …/scenes` shows as a scene's status: its state without the inner steps. */
export function sceneStatus(state: SceneState): 'pending' | 'processing' | 'completed' | 'failed' {
  return state === 'submitting' || state === 'rendering' || state === 'downloading' ? 'processing' : state
}

/**
 * The stage that a rendering job is in: that of its slowest scene, so that "downloading_video" says that the
 * provider has nothing left to do.
 */
export function renderStage(scenes: readonly SceneState[]): PassingStage {
  if (scenes.some((state) => state === 'pending' || state === 'submitting')) {
    return scenes.every((state) => state === 'pending' || state === 'submitting')
      ? 'starting_render'
      : 'waiting_prediction'
  }
  return scenes.includes('rendering') ? 'waiting_prediction' : 'downloading_video'
}

const SCENE_SHARE: Record<SceneState, number> = {
  pending: 0,
  submitting: 0.05,
  rendering: 0.2,
  downloading: 0.85,
  completed: 1,
  failed: 1,
}

/** Percent (0 to 100) of a job that is rendering: from 10, when it was approved, to 80, when every scene has ended. */
export function renderPercentage(scenes: readonly SceneState[]): number {
  if (scenes.length === 0) return 10
  const done = scenes.reduce((sum, state) => sum + SCENE_SHARE[state], 0) / scenes.length
  return Math.round((10 + 70 * done) * 10) / 10
}

/** Percent at which a job enters each stage; within rendering `renderPercentage` refines it. */
export const STAGE_PERCENTAGE: Record<Exclude<JobStage, 'failed' | 'rejected' | 'canceled'>, number> = {
  pending: 0,
  starting_render: 10,
  waiting_prediction: 15,
  downloading_video: 60,
  stitching: 80,
  audio_generation_pending: 86,
  audio_generation: 88,
  completed: 100,
  audio_completed: 100,
}
