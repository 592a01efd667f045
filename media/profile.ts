import type { Ratio } from './packets.ts'
import { HDR_TRANSFERS, type MediaInfo } from './probe.ts'

/**
 * What all clips of a film have in common, so that they can be joined without encoding them again. Besides this:
 * H.264 High, yuv420p, square pixels, constant frame rate from time 0; AAC, 48 kHz, stereo.
 */
export interface OutputProfile {
  /** Pixels, both even. */
  width: number
  height: number
  fps: Ratio
  /**
   * What becomes of a picture of another shape: shown whole before a blurred copy of itself (the default), cut to fill the
   * frame, or shown whole on black.
   */
  fit?: 'blur' | 'crop' | 'pad'
}

/** Hz, of all sound here. */
export const SAMPLE_RATE = 48_000

/** How many frames a scene of so many seconds has. */
export function framesOf(seconds: number, { fps }: OutputProfile): number {
  return Math.round((seconds * fps.num) / fps.den)
}

/** How long so many frames last (seconds). */
export function secondsOf(frames: number, { fps }: OutputProfile): number {
  return (frames * fps.den) / fps.num
}

/** How many samples of sound belong to so many frames. */
export function samplesOf(frames: number, { fps }: OutputProfile): number {
  return Math.round((frames * fps.den * SAMPLE_RATE) / fps.num)
}

/**
 * Ticks a second of the picture's clock. It is what ffmpeg's MP4 muxer chooses by itself, so most clips have it
 * already: the frame rate, doubled until it is at least 10,000.
 */
export function timescaleOf({ fps }: OutputProfile): number {
  let timescale = fps.num
  while (timescale < 10_000) timescale *= 2
  return timescale
}

/** Whether the picture needs no encoding. Its clock may still differ, which copying puts right. */
export function pictureMatches({ container, video }: MediaInfo, profile: OutputProfile): boolean {
  return (
    container === 'mov' &&
    video !== undefined &&
    video.codec === 'h264' &&
    video.codecProfile === 'High' &&
    video.pixelFormat === 'yuv420p' &&
    !video.fullRange &&
    !HDR_TRANSFERS.includes(video.colorTransfer) &&
    video.width === profile.width &&
    video.height === profile.height &&
    video.sar.num === video.sar.den &&
    video.rotation === 0 &&
    video.constantRate &&
    video.startSeconds === 0 &&
    video.fps.num * profile.fps.den === video.fps.den * profile.fps.num
  )
}

/** Why a clip or film has not the profile or so many frames, as a part of a sentence; null when it has both. */
export function mismatch(info: MediaInfo, profile: OutputProfile, frames: number): string | null {
  if (!matchesProfile(info, profile)) {
    const { width, height, fps } = profile
    return `it is not H.264 of ${width} × ${height} at an even ${fps.num}/${fps.den} fps with AAC stereo`
  }
  return info.video?.frames === frames ? null : `it has ${info.video?.frames} frames instead of ${frames}`
}

/** The same of a transition, which has no sound. */
export function transitionMismatch(info: MediaInfo, profile: OutputProfile, frames: number): string | null {
  if (!pictureJoins(info, profile)) return 'its picture is not as those of the clips'
  return info.video?.frames === frames ? null : `it has ${info.video?.frames} frames instead of ${frames}`
}

/** Whether a picture can go into a film as it is. */
function pictureJoins(info: MediaInfo, profile: OutputProfile): boolean {
  const { video } = info
  return (
    pictureMatches(info, profile) &&
    // Where the streams stand matters to ffmpeg's concat demuxer, which joins them by their numbers.
    video?.index === 0 &&
    video.timebase.num === 1 &&
    video.timebase.den === timescaleOf(profile)
  )
}

/** Whether a clip can go into a film as it is. */
export function matchesProfile(info: MediaInfo, profile: OutputProfile): boolean {
  const { audio } = info
  return (
    pictureJoins(info, profile) &&
    audio?.index === 1 &&
    audio.codec === 'aac' &&
    audio.sampleRate === SAMPLE_RATE &&
    audio.channels === 2
  )
}
