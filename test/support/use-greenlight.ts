/** One Greenlight, of real parts, for a file of tests. */
import { afterAll, beforeAll } from 'vitest'
import type { Greenlight } from '../../runtime/start-all.ts'
import type { SimulatorOptions } from '../../simulator/index.ts'
import { type Api, type Base, startBase, startGreenlight } from './stack.ts'

/** Starts it before the file's tests, and stops it after the last. @returns how to get it */
export function useGreenlight(
  options: SimulatorOptions = {},
): () => { base: Base; greenlight: Greenlight & { api: Api } } {
  let base: Base
  let greenlight: Greenlight & { api: Api }
  beforeAll(async () => {
    base = await startBase(options)
    greenlight = await startGreenlight(base)
  })
  afterAll(async () => {
    await greenlight?.stop()
    await base?.stop()
  })
  return () => ({ base, greenlight })
}
