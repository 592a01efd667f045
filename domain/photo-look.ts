/** What can be computed of a photo without understanding it, and what follows from comparing two. Pure: no I/O. */
import { z } from 'zod'

/** Of how looks are computed (media/photo-look.ts): one of another version is computed anew. */
export const LOOK_VERSION = 1

export const PhotoLook = z.object({
  version: z.literal(LOOK_VERSION),
  /** Perceptual hash: 64 bits as 16 hexadecimal digits, alike for pictures that look alike. */
  hash: z.string().regex(/^[0-9a-f]{16}$/),
  /** How much of its detail is fine, 0 to about 1: a blurred picture has none, whatever it shows. Null where it is plain. */
  sharpness: z.number().nullable(),
  /** Mean, from 0 for black to 1 for white. */
  brightness: z.number(),
  /** Colour histogram: how much each of 4 × 4 × 4 colours has, two hexadecimal digits each, beside the most frequent. */
  colors: z.string().regex(/^[0-9a-f]{128}$/),
})
export type PhotoLook = z.infer<typeof PhotoLook>

/** Null for what is not there, or was computed in another way. */
export function readLook(stored: unknown): PhotoLook | null {
  return PhotoLook.safeParse(stored).data ?? null
}

/** Bits in which two hashes may differ and still be of one picture (docs/decisions/0056-what-a-photo-looks-like.md). */
const SAME_WITHIN = 12
/** Pictures without edges all have one hash: their colours tell them apart. */
const SAME_COLORS = 0.4

/** Whether two photos are one picture twice: resized, compressed again, cut a little, or taken a moment later. */
export const isSamePicture = (a: PhotoLook, b: PhotoLook) => areSame(comparable(a), comparable(b))

/** A look made ready, for comparing each of many with each. */
export interface Comparable {
  look: PhotoLook
  high: number
  low: number
}

export function comparable(look: PhotoLook): Comparable {
  const half = (from: number) => Number.parseInt(look.hash.slice(from, from + 8), 16) | 0
  return { look, high: half(0), low: half(8) }
}

/** As isSamePicture. */
export const areSame = (a: Comparable, b: Comparable) =>
  bitsApart(a, b) <= SAME_WITHIN && colorLikeness(a.look, b.look) >= SAME_COLORS

/** In how many of their 64 bits two hashes differ. */
export const bitsApart = (a: Comparable, b: Comparable) => bitsSet(a.high ^ b.high) + bitsSet(a.low ^ b.low)

/** Of 32. */
function bitsSet(word: number): number {
  let count = 0
  for (let left = word; left !== 0; left &= left - 1) count++
  return count
}

/** How much two photos have of the same colours, 0 to 1. */
export function colorLikeness(a: PhotoLook, b: PhotoLook): number {
  return commonShare(colorShares(a), colorShares(b))
}

/** Of each colour the share that it has in a photo; together they are 1. */
export function colorShares({ colors }: PhotoLook): number[] {
  const bins = (colors.match(/../g) ?? []).map((digits) => Number.parseInt(digits, 16))
  const sum = bins.reduce((total, bin) => total + bin, 0) || 1
  return bins.map((bin) => bin / sum)
}

export const commonShare = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, share, bin) => sum + Math.min(share, b[bin] ?? 0), 0)
