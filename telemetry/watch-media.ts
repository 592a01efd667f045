/** What media/ tells of its work, counted, timed and traced. */
import { context } from '@opentelemetry/api'
import { MediaError } from '../media/index.ts'
import type { MediaWatch } from '../media/process/start.ts'
import type { FfmpegNews } from '../media/tools.ts'
import type { Figures } from './figures.ts'
import { inSpan, pastSpan } from './spans.ts'

export function watchMedia(figures: Figures): MediaWatch {
  return (verb, work) =>
    inSpan(`media ${verb}`, { attributes: {} }, async () => {
      const began = performance.now()
      /** When each began that has not ended; a process that died tells of no end. */
      const running = new Map<number, number>()
      let outcome = 'error'
      try {
        const heard = ({ run, at, task, ended }: FfmpegNews) => {
          if (!ended) {
            running.set(run, at)
            return figures.ffmpegs(1)
          }
          const began = running.get(run) ?? at
          if (running.delete(run)) figures.ffmpegs(-1)
          pastSpan('ffmpeg', { began, ended: at, problem: ended.problem, attributes: { 'ffmpeg.task': task } })
        }
        // It is heard from another process, outside of what goes on here.
        const result = await work(context.bind(context.active(), heard))
        outcome = 'ok'
        return result
      } catch (error) {
        if (error instanceof MediaError) outcome = error.kind
        throw error
      } finally {
        for (const _ of running) figures.ffmpegs(-1)
        figures.mediaRan({ verb, outcome }, (performance.now() - began) / 1000)
      }
    })
}
