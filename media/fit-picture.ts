import { HDR_TRANSFERS, type VideoInfo } from './probe.ts'
import type { OutputProfile } from './profile.ts'

// Up to this much, cutting the edges off is less visible than a border.
const CROPPED_DIFFERENCE = 0.02
// The blurred background is made at this fraction of the size: as blurred, and many times faster.
const BACKGROUND_SCALE = 8

/** The colours of every film, also said in its H.264 headers. */
export const FILM_COLORS = 'format=yuv420p,setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709'

/**
 * Filters from a decoded picture (already rotated, as ffmpeg does by itself) to the profile's size with square pixels.
 * A picture of nearly the same aspect fills the frame; any other is fitted as the profile says.
 */
export function fitPicture(video: VideoInfo, { width, height, fit = 'blur' }: OutputProfile): string {
  const source = displaySize(video)
  const scale = (size: Size) =>
    `scale=${size.width}:${size.height}:${colorsOf(video)}:out_color_matrix=bt709:out_range=tv`
  const finish = `setsar=1,${FILM_COLORS}`

  const [wider, higher] = [width / source.width, height / source.height]
  const filled = evenSize(source, Math.max(wider, higher))
  if (fit === 'crop' || Math.abs(wider / higher - 1) <= CROPPED_DIFFERENCE) {
    return `${scale(filled)},crop=${width}:${height},${finish}`
  }
  const whole = evenSize(source, Math.min(wider, higher), { width, height })
  if (fit === 'pad') return `${scale(whole)},format=yuv420p,pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2,${finish}`
  const small = evenSize({ width, height }, 1 / BACKGROUND_SCALE)
  const smallFilled = evenSize(source, Math.max(small.width / source.width, small.height / source.height))
  return [
    'split[front][back]',
    `[back]${scale(smallFilled)},crop=${small.width}:${small.height},format=yuv420p,gblur=sigma=6,` +
      `lutyuv=y=16+(val-16)*0.7:u=128+(val-128)*0.7:v=128+(val-128)*0.7,scale=${width}:${height}:flags=bicubic[blurred]`,
    `[front]${scale(whole)},format=yuv420p[whole]`,
    `[blurred][whole]overlay=(W-w)/2:(H-h)/2:format=yuv420,${finish}`,
  ].join(';')
}

/**
 * Filters that bring HDR (PQ or HLG, as phones record it) to the range of a film; none for any other picture. Light is
 * made linear, its bright parts are compressed, and it is encoded again as BT.709. Where only the transfer is tagged, the
 * rest is BT.2020, which both are defined with: zscale refuses to guess it.
 */
export function toStandardRange({ colorTransfer, colorPrimaries, colorMatrix, fullRange }: VideoInfo): string[] {
  if (!HDR_TRANSFERS.includes(colorTransfer)) return []
  const tags = [`range=${fullRange ? 'pc' : 'tv'}`]
  if (!colorPrimaries) tags.push('color_primaries=bt2020')
  if (!colorMatrix) tags.push('colorspace=bt2020nc')
  return [
    `setparams=${tags.join(':')}`,
    'zscale=transfer=linear:npl=100',
    'format=gbrpf32le',
    'zscale=primaries=bt709',
    'tonemap=hable:desat=0',
    'zscale=transfer=bt709:matrix=bt709:range=tv',
    'format=yuv420p',
  ]
}

/** The scale filter's option for the input's colours. Untagged ones are BT.709, as in players; ffmpeg says BT.601. */
export function colorsOf({ colorMatrix }: VideoInfo): string {
  return `in_color_matrix=${colorMatrix ? 'auto' : 'bt709'}`
}

interface Size {
  width: number
  height: number
}

/** The size (pixels) at which a picture is shown: upright, its pixels square. */
export function displaySize({ width, height, sar, rotation }: VideoInfo): Size {
  const stretched = { width: (width * sar.num) / sar.den, height }
  return rotation % 180 === 0 ? stretched : { width: stretched.height, height: stretched.width }
}

/** The size scaled, rounded up to even numbers (as yuv420p wants), at most `limit`. */
function evenSize({ width, height }: Size, factor: number, limit: Size = { width: Infinity, height: Infinity }): Size {
  const even = (length: number) => Math.max(2, 2 * Math.ceil((length * factor) / 2 - 1e-6))
  return { width: Math.min(even(width), limit.width), height: Math.min(even(height), limit.height) }
}
