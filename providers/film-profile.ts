/** The size and frame rate of a job's film: as asked for, else as its model makes its clips; a draft is small. */
import type { JobSettings } from '../domain/settings.ts'
import { DRAFT_MODEL, renderedAspect, resolveVideoModel } from './models.ts'

type Wish = Pick<JobSettings, 'videoModel' | 'aspectRatio' | 'resolution' | 'fps' | 'fit' | 'quality'>

/** @returns pixels, both even, frames a second, and what becomes of pictures of another shape */
export function filmProfile({ videoModel, aspectRatio, resolution, fps, fit, quality }: Wish) {
  const { output } = resolveVideoModel(videoModel)
  const isDraft = quality === 'draft'
  const made = (isDraft ? DRAFT_MODEL.output : output).frame[renderedAspect(aspectRatio)]
  const shorter = resolution && !isDraft ? Number.parseInt(resolution, 10) : Math.min(made.width, made.height)
  const longer = even((shorter * Math.max(made.width, made.height)) / Math.min(made.width, made.height))
  const size = {
    '16:9': { width: longer, height: shorter },
    '9:16': { width: shorter, height: longer },
    '1:1': { width: shorter, height: shorter },
  }[aspectRatio]
  // A draft has the frame rate of its film: what is seen of it is then timed as the film will be, and its music fits that.
  return { ...size, fps: { num: fps ?? output.fps, den: 1 }, fit }
}

const even = (pixels: number) => 2 * Math.round(pixels / 2)
