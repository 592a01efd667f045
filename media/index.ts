/**
 * ffmpeg behind one module: only this folder knows it, and only run-ffmpeg.ts knows fluent-ffmpeg, which is archived
 * upstream. One file a verb:
 *
 * - probe.ts            what a file holds, to the frame
 * - conform-clip.ts     a clip in the film's profile (profile.ts), with the storyboard's number of frames
 * - render-transition.ts what two clips show together while one becomes the other
 * - check-stored.ts     whether a file is what we stored, by its index (mp4-index.ts) rather than by ffprobe
 * - stitch.ts           clips joined, with or without transitions: join-picture.ts copies, join-sound.ts is exact to the sample
 * - thumbnail.ts        a JPEG of a video; image-thumbnail.ts one of a picture; waveform.ts one of sound
 * - preview.ts          an animated WebP of a film; hls.ts its segments for streaming
 * - best-still.ts       which of several stills may stand for all; contact-sheet.ts shows all of them
 * - convert-still.ts    a JPEG of an iPhone's HEIC
 * - photo-look.ts       what photos are compared and judged by: perceptual hash, sharpness, brightness, colours
 * - words/              titles, prices, calls to action, captions and the logo: drawn, and laid over a clip as a picture
 * - soundtrack/         the music: cut, joined, repeated on its bars, fitted to the film, put under it
 * - voice/              what is spoken over the clips: kept, placed, put over their sound
 * - sound/              what both share: clips' sound joined, mixed with music, measured, brought to -14 LUFS, encoded once
 *
 * Input is never trusted: the demuxer is named (demuxer.ts), only files are read, duration and pixels are limited, and
 * every run has a time limit and a folder of its own. All verbs throw MediaError (errors.ts).
 */
import { bestStill } from './best-still.ts'
import { conformClip } from './conform-clip.ts'
import { contactSheet } from './contact-sheet.ts'
import { convertStill } from './convert-still.ts'
import { hls } from './hls.ts'
import { imageThumbnail } from './image-thumbnail.ts'
import { photoLook } from './photo-look.ts'
import { preview } from './preview.ts'
import { probe } from './probe.ts'
import { renderTransition } from './render-transition.ts'
import { arrangeMusic } from './soundtrack/arrange-music.ts'
import { cutSegment } from './soundtrack/cut-segment.ts'
import { encodeMp3 } from './soundtrack/encode-mp3.ts'
import { fitSoundtrack } from './soundtrack/fit-soundtrack.ts'
import { joinSegments } from './soundtrack/join-segments.ts'
import { mergeSoundtrack } from './soundtrack/merge-soundtrack.ts'
import { tail } from './soundtrack/tail.ts'
import { stitch } from './stitch.ts'
import { thumbnail } from './thumbnail.ts'
import type { MediaTools } from './tools.ts'
import { keepVoice } from './voice/keep-voice.ts'
import { waveform } from './waveform.ts'
import { drawWords } from './words/draw-words.ts'

export type { SheetTile } from './contact-sheet.ts'
export { MediaError, type MediaErrorKind } from './errors.ts'
export type { MediaInfo } from './probe.ts'
export { framesOf, type OutputProfile, secondsOf } from './profile.ts'
export type { TransitionKind } from './render-transition.ts'
export { sideBySide } from './side-by-side.ts'
export type { SyncMode } from './soundtrack/fit-soundtrack.ts'
export type { MusicSegment } from './soundtrack/join-segments.ts'
export type { StitchedClip } from './stitch.ts'
export type { FilmVoice } from './voice/add-voices.ts'
export type { WordsBrand, WordsRequest } from './words/draw-words.ts'
export type { ShownWords } from './words/overlay.ts'

const verbs = {
  probe,
  conformClip,
  renderTransition,
  stitch,
  thumbnail,
  bestStill,
  preview,
  contactSheet,
  hls,
  imageThumbnail,
  photoLook,
  waveform,
  convertStill,
  tail,
  cutSegment,
  joinSegments,
  arrangeMusic,
  encodeMp3,
  fitSoundtrack,
  mergeSoundtrack,
  keepVoice,
  drawWords,
}

type Verbs = typeof verbs
type Bound<V> = V extends (tools: MediaTools, ...args: infer A) => infer R ? (...args: A) => R : never

/** The verbs, ready to be called: each is the function of its file without the first argument. */
export type Media = { [K in keyof Verbs]: Bound<Verbs[K]> }

/** Makes each verb by its name. */
export function mediaOf(make: (verb: keyof Media) => (...args: unknown[]) => unknown): Media {
  const names = Object.keys(verbs) as (keyof Media)[]
  return Object.fromEntries(names.map((verb) => [verb, make(verb)])) as unknown as Media
}

/** The verbs in this process; process/start.ts has them in one of their own. */
export function createMedia(tools: MediaTools): Media {
  return mediaOf((verb) => {
    const run = verbs[verb] as (tools: MediaTools, ...args: unknown[]) => unknown
    return (...args) => run(tools, ...args)
  })
}
