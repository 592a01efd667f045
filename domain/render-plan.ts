/**
 * What an approved job will do. It follows from the storyboard and the settings alone, so whoever writes an approval into
 * the rows can tell the workflow at once. Pure: no I/O.
 */
import { isMusicWanted, type JobSettings, segmentsToBuy, variantsOf } from './settings.ts'
import { type FrameRate, overlapFrames, type TimedScene } from './transitions.ts'

/** What an approved job will do, pinned by the history. */
export interface RenderPlan {
  scenes: PlannedScene[]
  maxParallelScenes: number
  music: MusicPlan | null
  /** Positions of the scenes that a transition leads from; absent where there are only cuts. */
  transitions?: number[]
  /** Absent where nothing is spoken. */
  voices?: VoicePlan
}

export interface VoicePlan {
  /** The scenes that something is spoken over, by their positions. */
  scenes: { position: number; attempt: number }[]
  /** Whether the job fails without one of them. */
  failOnError: boolean
}

export interface PlannedScene {
  id: string
  /** Grows only by a decision to pay again. */
  attempt: number
  /** Its place in the film, from 0; with transitions only. */
  position?: number
  /** How many clips of it are bought beside each other, from `attempt` on; absent where that is one. */
  variants?: number
}

export interface MusicPlan {
  /** One a scene; none where the user brings the music. */
  segments: number
  /** 1 unless music was bought for this job before; absent in histories from before that was possible. */
  firstAttempt?: number
  /** Which soundtrack of the job it becomes; absent in histories from before there could be several. */
  soundtrack?: number
  /** Positions of segments that are there already: a retry pays only for what failed. */
  have?: number[]
  /** Segments that are bought and not there yet, by an attempt that is gone on with rather than paid for again. */
  goOn?: { position: number; attempt: number }[]
  /** Whether one failed segment ends the music, or is replaced by silence. */
  haltOnError: boolean
  /** Whether the job fails without its music. */
  failOnError: boolean
}

/** A scene of a storyboard, as far as plans go. */
export interface SceneToRender extends TimedScene {
  id: string
  /** In the film, from 0. */
  position: number
  attempt: number
  /** Absent where the job's settings say it. */
  variants: number | null
  voiceOver: string | null
}

/**
 * @param film all scenes, in the film's order
 * @param fps of the film
 * @param scenes how each is rendered; for the first time unless given
 */
export function planRender(
  settings: JobSettings,
  film: readonly SceneToRender[],
  fps: FrameRate,
  scenes: PlannedScene[] = film.map((scene) => plannedScene(scene.id, scene.attempt, variantsOf(settings, scene))),
): RenderPlan {
  const { music, maxParallelScenes } = settings
  const spoken = film.flatMap(({ position, voiceOver }) => (voiceOver ? [{ position, attempt: 1 }] : []))
  return {
    ...planTransitions(film, fps, scenes),
    ...planVoices(settings, spoken),
    maxParallelScenes,
    music: isMusicWanted(music)
      ? {
          segments: segmentsToBuy(music, film.length),
          soundtrack: 1,
          haltOnError: music.errorStrategy === 'halt',
          failOnError: music.failOnError,
        }
      : null,
  }
}

/** @param attempt the first of as many as there are variants */
export function plannedScene(id: string, attempt: number, variants: number): PlannedScene {
  return { id, attempt, ...(variants > 1 && { variants }) }
}

/**
 * The scenes that are to be rendered, with their places, and the transitions next to them: the others are there already.
 * @param film all scenes, in the film's order
 */
export function planTransitions(
  film: readonly (TimedScene & { id: string })[],
  fps: FrameRate,
  scenes: PlannedScene[],
): { scenes: PlannedScene[]; transitions?: number[] } {
  const ids = new Set(scenes.map(({ id }) => id))
  const isNew = (position: number) => ids.has(film[position]?.id ?? '')
  const transitions = overlapFrames(film, fps).flatMap((frames, position) =>
    frames > 0 && (isNew(position) || isNew(position + 1)) ? [position] : [],
  )
  if (transitions.length === 0) return { scenes }
  const placed = scenes.map((scene) => ({ ...scene, position: film.findIndex(({ id }) => id === scene.id) }))
  return { scenes: placed, transitions }
}

export function planVoices({ music }: JobSettings, scenes: VoicePlan['scenes']): { voices?: VoicePlan } {
  return scenes.length === 0 ? {} : { voices: { scenes, failOnError: music.failOnError } }
}
