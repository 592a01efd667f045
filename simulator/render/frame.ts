/** The frame a model renders into. */

import type { Input, Model } from '../models.ts'

export interface Frame {
  /** Pixels, even. */
  width: number
  height: number
  fps: number
  /** Frames in all: exactly seconds times fps. */
  count: number
  audio: boolean
}

const DEFAULT_ASPECT = 16 / 9
/** What Hailuo and Seedance take. */
const ASPECTS = { narrowest: 0.4, widest: 2.5 }

/**
 * The frame for an input (with its defaults filled in).
 * @param first the picture that Hailuo and Seedance take their aspect from
 */
export function frameOf(model: Model, input: Input, first: { width: number; height: number } | null): Frame {
  const lines = Number.parseInt(String(input.resolution), 10)
  const common = { fps: model.fps, count: Number(input.duration) * model.fps, audio: input.generate_audio === true }
  if ('aspect_ratio' in input && !(model.followsPicture && first)) {
    const long = even((lines * 16) / 9)
    return input.aspect_ratio === '9:16'
      ? { width: lines, height: long, ...common }
      : { width: long, height: lines, ...common }
  }
  const { narrowest, widest } = ASPECTS
  const wanted = first ? first.width / first.height : DEFAULT_ASPECT
  const aspect = Math.min(widest, Math.max(narrowest, wanted))
  return aspect >= 1
    ? { width: even(lines * aspect), height: lines, ...common }
    : { width: lines, height: even(lines / aspect), ...common }
}

function even(pixels: number): number {
  return 2 * Math.round(pixels / 2)
}
