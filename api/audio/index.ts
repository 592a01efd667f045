/** Audio: what became of a job's music, the music itself, and the segments that the provider continues from. */
import type { ApiDeps } from '../deps.ts'
import { createRouter, type Router } from '../router.ts'
import { downloadAudio } from './download-audio.ts'
import { generateScenes } from './generate-scenes.ts'
import { getAudioStatus } from './get-audio-status.ts'
import { getSegment } from './get-segment.ts'

export function audioRoutes(deps: ApiDeps): Router {
  const router = createRouter()
  for (const mount of [generateScenes, getAudioStatus, downloadAudio, getSegment]) mount(router, deps)
  return router
}
