/** What speaks against showing a photo in a film. */
import type { AspectRatio } from '../../domain/settings.ts'
import type { StoryboardPhoto } from '../../domain/storyboard.ts'

/** Pixels of the longer side: fewer are enlarged more than three times in a film 1280 wide. */
const SMALL = 400
/** Of a photo, the part that a film of another shape can show of it at least. */
const FITTING = 0.5
/** As photo looks have it, measured in docs/decisions/0056-what-a-photo-looks-like.md. */
const BLURRED = 0.16
const BLACK = 0.04
const WHITE = 0.97

/** The shape is the lesser fault: a film can show a photo of another shape whole. */
const WEIGHTS = { shape: 1, quality: 2 } as const

export interface PhotoFaults {
  /** 0 for none; larger the later the photo is to be used. */
  weight: number
  /** A sentence; null for none. */
  reason: string | null
}

/** What can't be known counts for no fault. */
export function faultsOf({ width, height, look }: StoryboardPhoto, film: AspectRatio = '16:9'): PhotoFaults {
  const isKnown = width !== null && height !== null && width > 0 && height > 0
  const quality = [
    isKnown && Math.max(width, height) < SMALL && `has only ${width} × ${height} pixels`,
    look?.sharpness != null && look.sharpness < BLURRED && 'is blurred',
    look && look.brightness < BLACK && 'is almost black',
    look && look.brightness > WHITE && 'is almost white',
  ].filter((fault) => typeof fault === 'string')
  const shape = isKnown && shownPart(width / height, film) < FITTING ? ['is of another shape than the film'] : []
  const faults = [...quality, ...shape]
  return {
    weight: quality.length * WEIGHTS.quality + shape.length * WEIGHTS.shape,
    reason: faults.length > 0 ? `It ${faults.join(' and ')}.` : null,
  }
}

/** The part of a picture that is left when it is cut to the film's shape, or the other way round. */
function shownPart(ratio: number, film: AspectRatio): number {
  const [width = 1, height = 1] = film.split(':').map(Number)
  const wanted = width / height
  return Math.min(ratio / wanted, wanted / ratio)
}
