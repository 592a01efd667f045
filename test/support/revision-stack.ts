/** One Greenlight for a file of tests about jobs that are revised, with four photographs in a campaign. */
import { afterEach, beforeAll } from 'vitest'
import type { Greenlight } from '../../runtime/start-all.ts'
import { createRevisionHelp } from './revisions.ts'
import type { Api, Base } from './stack.ts'
import { useGreenlight } from './use-greenlight.ts'

export type RevisionStack = ReturnType<typeof createRevisionHelp> & {
  base: Base
  greenlight: Greenlight
  api: Api
  campaign: string
}

/** Starts it before the file's tests, ends the simulator's faults after each, and stops it after the last. @returns how to get it */
export function useRevisionStack(): () => RevisionStack {
  const started = useGreenlight()
  let stack: RevisionStack
  beforeAll(async () => {
    const { base, greenlight } = started()
    const { api } = greenlight
    const campaign = await api.campaign(['chelsea.png', 'coffee.png', 'rocket.jpg', 'china.jpg'])
    stack = { base, greenlight, api, campaign, ...createRevisionHelp(base, api, campaign) }
  })
  afterEach(() => stack?.base.simulator.setFaults([]))
  return () => stack
}
