/**
 * The camera's move over a still, as ffmpeg filters.
 *
 * ffmpeg moves pictures by whole pixels, which shivers in a slow move. Two moves don't: a zoom about the middle, whose
 * size grows by an even number of pixels, and a pan by the same number of whole pixels on every frame.
 */

import type { Frame } from './frame.ts'
import type { Still } from './stills.ts'

export interface Move {
  /** Away from how the photo lies in the frame, or back to it. */
  direction: 'away' | 'back'
  /** Frames that the move lasts. */
  frames: number
}

/** How much a zoom enlarges, at the speed of 24 frames per second over four seconds. */
const ZOOM = 0.12
/** How much longer than the frame a photo's side has to be to be panned over, as a share of the frame's side. */
const PAN_FROM = 0.25
/** Where the frame lies in a photo that is taller: nearer to its top, where faces are. */
const FROM_TOP = 0.3
/** How near to the top of a photo an upward pan ends. */
const PAN_FROM_TOP = 0.1

/** Filters from a still in yuv444p to moving frames. (`n` begins at 0 or at 1, depending on ffmpeg's version.) */
export function moveFilters(still: Still, frame: Frame, move: Move): string {
  const horizontal = still.width / frame.width > still.height / frame.height
  const side = horizontal ? frame.width : frame.height
  const spare = (horizontal ? still.width : still.height) - side
  const unit = Math.max(1, Math.round(Math.min(frame.width, frame.height) / 720))
  const step = spare >= 2 * unit * move.frames ? 2 * unit : unit
  return spare >= PAN_FROM * side && spare >= step * move.frames
    ? pan(still, frame, move, step)
    : zoom(still, frame, move)
}

function pan(still: Still, frame: Frame, { direction, frames }: Move, step: number): string {
  const last = frames - 1
  const travel = step * last
  const spare = { x: still.width - frame.width, y: still.height - frame.height }
  // Whole numbers only: a rounding error would stop the pan for a frame.
  const moved = `${step}*${direction === 'away' ? `min(${last},n)` : `max(0,${last}-n)`}`
  if (spare.x > spare.y) {
    const start = Math.floor((spare.x - travel) / 2)
    return `crop=${frame.width}:${frame.height}:'${start}+${moved}':${Math.floor(spare.y * FROM_TOP)}`
  }
  const start = Math.floor((spare.y - travel) * PAN_FROM_TOP) + travel
  return `crop=${frame.width}:${frame.height}:${Math.floor(spare.x / 2)}:'${start}-${moved}'`
}

function zoom(still: Still, frame: Frame, move: Move): string {
  const last = move.frames - 1
  const progress = move.direction === 'away' ? `min(1,n/${last})` : `max(0,1-n/${last})`
  const amount = Math.min(0.2, (ZOOM * move.frames) / (4 * frame.fps))
  const grown = (pixels: number) => `2*floor(${(pixels * amount) / 2}*${progress}+0.5)`
  const left = Math.floor((still.width - frame.width) / 2)
  const top = Math.floor((still.height - frame.height) * FROM_TOP)
  const [wider, higher] = [grown(frame.width), grown(frame.height)]
  return [
    `crop=${frame.width}:${frame.height}:${left}:${top}`,
    `scale=w='${frame.width}+${wider}':h='${frame.height}+${higher}':eval=frame:flags=bilinear`,
    `crop=${frame.width}:${frame.height}:'${wider}/2':'${higher}/2'`,
  ].join(',')
}
