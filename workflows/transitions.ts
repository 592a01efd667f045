/** Transitions, each rendered as soon as both of its scenes are there, while others still render. */
import { early } from './activities.ts'
import type { PlannedScene } from './contract.ts'

export interface EarlyTransitions {
  /** A scene's clip is stored. */
  stored(scene: PlannedScene): void
  /** Once none is under way any more. */
  settled(): Promise<unknown>
}

/**
 * One that fails is left to the film's stitching, which renders what lacks.
 * @param plan the positions of the scenes that transitions lead from, and the scenes that are still to be rendered
 */
export function renderEarly(
  jobId: number,
  plan: { scenes: PlannedScene[]; transitions?: number[]; revision?: number },
): EarlyTransitions {
  const awaited = new Set(plan.scenes.map(({ position }) => position))
  const begun: Promise<void>[] = []
  const begin = (position: number) =>
    early.renderTransition({ jobId, position, revision: plan.revision }).catch(() => {
      // A cancellation is noticed by the scenes, and by the step after this one.
    })
  return {
    stored({ position }) {
      if (position === undefined) return
      awaited.delete(position)
      for (const from of plan.transitions ?? []) {
        const isNext = from === position || from + 1 === position
        if (isNext && !awaited.has(from) && !awaited.has(from + 1)) begun.push(begin(from))
      }
    },
    settled: () => Promise.all(begun),
  }
}
