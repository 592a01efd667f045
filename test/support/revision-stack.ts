/** One Greenlight for a file of tests about jobs that are revised, with four photographs in a campaign. */
import { afterAll, afterEach, beforeAll } from 'vitest'
import type { Greenlight } from '../../runtime/start-all.ts'
import { createRevisionHelp } from './revisions.ts'
import { type Api, type Base, startBase, startGreenlight } from './stack.ts'

export type RevisionStack = ReturnType<typeof createRevisionHelp> & {
  base: Base
  greenlight: Greenlight
  api: Api
  campaign: string
}

/** Starts it before the file's tests, ends the simulator's faults after each, and stops it after the last. @returns how to get it */
export function useRevisionStack(): () => RevisionStack {
  let base: Base
  let greenlight: Greenlight & { api: Api }
  let stack: RevisionStack
  beforeAll(async () => {
    base = await startBase()
    greenlight = await startGreenlight(base)
    const { api } = greenlight
    const campaign = await api.campaign(['chelsea.png', 'coffee.png', 'rocket.jpg', 'china.jpg'])
    stack = { base, greenlight, api, campaign, ...createRevisionHelp(base, api, campaign) }
  })
  afterEach(() => base.simulator.setFaults([]))
  afterAll(async () => {
    await greenlight?.stop()
    await base?.stop()
  })
  return () => stack
}
