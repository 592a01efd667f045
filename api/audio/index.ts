/** Audio: what became of a job's music, the music itself, and the segments that the provider continues from. */
import type { ApiDeps } from '../deps.ts'
import { downloadAudio } from './download-audio.ts'
import { generateScenes } from './generate-scenes.ts'
import { getAudioStatus } from './get-audio-status.ts'
import { getSegment } from './get-segment.ts'

export function audioRoutes(deps: ApiDeps) {
  return [generateScenes(deps), getAudioStatus(deps), downloadAudio(deps), getSegment(deps)] as const
}
