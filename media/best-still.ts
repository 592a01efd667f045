import sharp from 'sharp'
import { MediaError } from './errors.ts'
import { bestOf } from './stills.ts'
import type { MediaTools } from './tools.ts'

/**
 * Finds which still may stand for all: the first that is neither dark nor blurred beside the others. Returns its place.
 * Throws a MediaError (unreadable) when one is no picture.
 */
export async function bestStill(_: MediaTools, { stills }: { stills: string[] }): Promise<number> {
  try {
    return await bestOf(stills.map((still) => sharp(still)))
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    throw new MediaError('unreadable', "A still of the film can't be read.", { detail, cause: error })
  }
}
