/** Looks at videos: every frame small, so that two can be compared as numbers. */

/** What is the same picture, encoded again, stays within a few levels at this size (pixels, RGB). */
const LOOK = { width: 64, height: 36 }
const BYTES = LOOK.width * LOOK.height * 3

/**
 * Every frame of a video.
 * @param ffmpeg runs it with these arguments, and hands back what it wrote to standard output
 * @throws what `ffmpeg` throws, when a frame can't be decoded
 */
export async function smallFrames(ffmpeg: (...args: string[]) => Promise<Buffer>, file: string): Promise<Uint8Array[]> {
  const small = `scale=${LOOK.width}:${LOOK.height}:flags=area,format=rgb24`
  const bytes = await ffmpeg('-xerror', '-i', file, '-map', '0:v:0', '-vf', small, '-f', 'rawvideo', '-')
  return Array.from({ length: bytes.length / BYTES }, (_, n) => bytes.subarray(n * BYTES, (n + 1) * BYTES))
}

/** How much two frames differ: the mean of their differences, in levels from 0 to 255. */
export function difference(a: Uint8Array | undefined, b: Uint8Array | undefined): number {
  if (!a || !b || a.length !== b.length) return 255
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += Math.abs((a[i] ?? 0) - (b[i] ?? 0))
  return sum / a.length
}

/** The middle of a frame, which is the same picture however its borders were cut or filled. */
export function middleOf(frame: Uint8Array): Uint8Array {
  const rows = Array.from({ length: LOOK.height / 3 }, (_, row) => {
    const start = ((row + LOOK.height / 3) * LOOK.width + Math.floor(LOOK.width / 3)) * 3
    return frame.subarray(start, start + Math.floor(LOOK.width / 3) * 3)
  })
  return Buffer.concat(rows)
}
