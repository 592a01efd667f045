import { describe, expect, it } from 'vitest'
import type { OutputProfile, TransitionKind } from '../../media/index.ts'
import { leaveOut } from '../../media/join-picture.ts'
import { samplesOf } from '../../media/profile.ts'
import { PROFILE, quietest, rms, setUp } from './support.ts'

const { media, ffmpeg, at, clip, frameHashes, sound, leftovers } = await setUp()

const XFADES: Record<TransitionKind, string> = {
  crossfade: 'fade',
  fade_black: 'fadeblack',
  fade_white: 'fadewhite',
  wipe_left: 'wipeleft',
  wipe_right: 'wiperight',
  wipe_up: 'wipeup',
  wipe_down: 'wipedown',
  slide_left: 'slideleft',
  slide_right: 'slideright',
  slide_up: 'slideup',
  slide_down: 'slidedown',
}

/** Does it at the first call. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}

interface Scene {
  /** As a provider made it. */
  path: string
  frames: number
}
/** Into the next scene; null for a cut. */
type Way = { kind: TransitionKind; frames: number } | null

/** Conforms the scenes, renders the ways between them and stitches all, as a job does. */
async function makeFilm(scenes: Scene[], ways: Way[], profile: OutputProfile = PROFILE) {
  const clips: { path: string; frames: number }[] = []
  for (const [index, { path, frames }] of scenes.entries()) {
    const output = at(`conformed-${index}.mp4`)
    const overlaps = { begin: ways[index - 1]?.frames ?? 0, end: ways[index]?.frames ?? 0 }
    const durationSeconds = (frames * profile.fps.den) / profile.fps.num
    const conformed = await media.conformClip({ input: path, output, profile, durationSeconds, overlaps })
    expect(conformed).toMatchObject({ frames, changed: true })
    clips.push({ path: output, frames })
  }
  return stitchClips(clips, ways, profile)
}

async function stitchClips(clips: Scene[], ways: Way[], profile: OutputProfile = PROFILE) {
  const stitched = await Promise.all(
    clips.map(async (from, index) => {
      const [way, to] = [ways[index], clips[index + 1]]
      if (!way || !to) return from
      const output = at(`transition-${index}.mp4`)
      await media.renderTransition({ from, to, ...way, profile, output })
      return { ...from, transition: { path: output, frames: way.frames } }
    }),
  )
  const film = await media.stitch({ clips: stitched, profile, output: at('film.mp4'), lossless: at('film.flac') })
  return { clips: clips.map(({ path }) => path), film, path: at('film.mp4') }
}

// Said of all, or ffmpeg converts one that does not say its colours before it compares.
const PLAIN = 'format=yuv420p,setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709'

/** How much every frame of the film resembles what plain ffmpeg makes of the same clips (SSIM, 1 for the same picture). */
async function resemblance(film: string, clips: string[], graph: string): Promise<number[]> {
  const inputs = [film, ...clips].flatMap((path) => ['-i', path])
  const compared = `${graph};[0:v]${PLAIN},setpts=N[film];[reference]setpts=N[wanted];[film][wanted]ssim=stats_file=-[s]`
  const lines = (await ffmpeg(...inputs, '-filter_complex', compared, '-map', '[s]', '-f', 'null', '-')).toString()
  return [...lines.matchAll(/All:([\d.]+)/g)].map(([, value]) => Number(value))
}

/** xfade fades to 0 and 255, which is more than a film's range has. */
const RANGE: Partial<Record<TransitionKind, string>> = {
  fade_black: 'limiter=min=16:max=235:planes=1,',
  fade_white: 'limiter=min=16:max=235:planes=1,',
}

/** One of two clips, `from` seconds into the first. */
const xfade = (kind: TransitionKind, seconds: number, from: number) =>
  `[1:v]${PLAIN}[a];[2:v]${PLAIN}[b];` +
  `[a][b]xfade=transition=${XFADES[kind]}:duration=${seconds}:offset=${from},${RANGE[kind] ?? ''}format=yuv420p[reference]`

const moved = new Map<string, Promise<string>>()

/** A moving picture for a scene, unlike the others; made once. */
async function moving({ frames = 24, fps = '24', hue = 0, tone = 440 } = {}): Promise<Scene> {
  const seconds = fps === '24' ? frames / 24 : (frames * 1001) / 30000
  const name = `moving-${[frames, fps.replace('/', ':'), hue, tone].join('-')}.mp4`
  const path = moved.get(name) ?? clip(name, { fps, seconds, tone, encoding: ['-vf', `hue=h=${hue}`, '-g', '250'] })
  moved.set(name, path)
  return { path: await path, frames }
}

/** Two clips with a keyframe 10 frames before the end, and after the beginning. */
const pair = once(async () => {
  const scenes = [await moving(), await moving({ hue: 120 })]
  return Promise.all(
    scenes.map(async ({ path, frames }) => {
      const output = `${path}-conformed.mp4`
      const overlaps = { begin: 10, end: 10 }
      await media.conformClip({ input: path, output, profile: PROFILE, durationSeconds: 1, overlaps })
      return { path: output, frames }
    }),
  ) as Promise<[Scene, Scene]>
})

describe('a transition', () => {
  it.each(Object.keys(XFADES) as TransitionKind[])('shows a %s as plain ffmpeg does, frame by frame', async (kind) => {
    const [from, to] = await pair()
    const output = at(`${kind}.mp4`)
    await media.renderTransition({ from, to, kind, frames: 10, profile: PROFILE, output })
    const graph = xfade(kind, 10 / 24, 14 / 24).replace('[reference]', ',trim=start_frame=14:end_frame=24[reference]')
    const frames = await resemblance(output, [from.path, to.path], graph)
    expect(frames).toHaveLength(10)
    expect(Math.min(...frames)).toBeGreaterThanOrEqual(0.98)
  })

  it('is all that is encoded: the rest of each clip is copied, in order', async () => {
    const scenes = [
      await moving({ frames: 48 }),
      await moving({ frames: 60, hue: 120 }),
      await moving({ frames: 48, hue: 240 }),
    ]
    const ways: Way[] = [
      { kind: 'crossfade', frames: 12 },
      { kind: 'wipe_left', frames: 7 },
    ]
    const { film, path, clips } = await makeFilm(scenes, ways)
    expect(film.frames).toBe(48 + 60 + 48 - 12 - 7)
    // Up to the second transition it is as plain ffmpeg makes it of the first two clips.
    const frames = await resemblance(path, clips, xfade('crossfade', 0.5, 1.5))
    expect(frames.length).toBeGreaterThanOrEqual(89)
    expect(Math.min(...frames.slice(0, 89))).toBeGreaterThanOrEqual(0.98)

    const [a = [], b = [], c = []] = await Promise.all(clips.map(frameHashes))
    const [ab, bc] = await Promise.all([frameHashes(at('transition-0.mp4')), frameHashes(at('transition-1.mp4'))])
    expect(ab).toHaveLength(12)
    expect(bc).toHaveLength(7)
    const wanted = [...a.slice(0, 36), ...ab, ...b.slice(12, 53), ...bc, ...c.slice(7)]
    expect(await frameHashes(path)).toEqual(wanted)

    const { video, audio } = await media.probe(path)
    expect(video).toMatchObject({ frames: 137, constantRate: true, startSeconds: 0 })
    expect(audio?.durationSeconds).toBeCloseTo(137 / 24, 3)
    expect(await leftovers()).toEqual([])
  })

  it('has the H.264 headers of the clips', async () => {
    const scenes = [await moving(), await moving()]
    const { clips } = await makeFilm(scenes, [{ kind: 'slide_up', frames: 2 }])
    const infos = await Promise.all([...clips, at('transition-0.mp4'), at('film.mp4')].map((path) => media.probe(path)))
    expect(new Set(infos.map(({ video }) => video?.headers)).size).toBe(1)
  })

  it('stands beside cuts', async () => {
    const scenes = await Promise.all([0, 90, 180, 270].map((hue) => moving({ hue })))
    const { film, path, clips } = await makeFilm(scenes, [null, { kind: 'fade_black', frames: 6 }, null])
    expect(film.frames).toBe(4 * 24 - 6)
    const [a = [], b = [], c = [], d = []] = await Promise.all(clips.map(frameHashes))
    const bc = await frameHashes(at('transition-1.mp4'))
    expect(await frameHashes(path)).toEqual([...a, ...b.slice(0, 18), ...bc, ...c.slice(6), ...d])
  })

  it('is exact at 29.97 fps', async () => {
    const profile = { ...PROFILE, fps: { num: 30000, den: 1001 } }
    const fps = '30000/1001'
    const scenes = await Promise.all([0, 90, 180].map((hue) => moving({ frames: 37, fps, hue })))
    const ways: Way[] = [
      { kind: 'crossfade', frames: 15 },
      { kind: 'slide_left', frames: 11 },
    ]
    const { film, path, clips } = await makeFilm(scenes, ways, profile)
    expect(film.frames).toBe(3 * 37 - 26)
    const { video } = await media.probe(path)
    expect(video).toMatchObject({ frames: 85, constantRate: true, fps: { num: 30000, den: 1001 } })
    const [a = [], b = [], c = []] = await Promise.all(clips.map(frameHashes))
    const shown = await frameHashes(path)
    expect(shown.slice(0, 22)).toEqual(a.slice(0, 22))
    expect(shown.slice(37, 48)).toEqual(b.slice(15, 26))
    expect(shown.slice(59)).toEqual(c.slice(11))
    // Up to the second transition it is as plain ffmpeg makes it of the first two.
    const frames = await resemblance(path, clips, xfade('crossfade', (15 * 1001) / 30000, (22 * 1001) / 30000))
    expect(Math.min(...frames.slice(0, 48))).toBeGreaterThanOrEqual(0.98)
  })

  it('may take half of a scene, so that nothing of it is shown alone', async () => {
    const scenes = await Promise.all([0, 90, 180].map((hue) => moving({ hue })))
    const ways: Way[] = [
      { kind: 'crossfade', frames: 12 },
      { kind: 'crossfade', frames: 12 },
    ]
    const { film, path, clips } = await makeFilm(scenes, ways)
    expect(film.frames).toBe(48)
    const [a = [], , c = []] = await Promise.all(clips.map(frameHashes))
    const [ab, bc] = await Promise.all([frameHashes(at('transition-0.mp4')), frameHashes(at('transition-1.mp4'))])
    expect(await frameHashes(path)).toEqual([...a.slice(0, 12), ...ab, ...bc, ...c.slice(12)])
  })

  it('may stand between all of a hundred scenes', async () => {
    // Clips of five frames, of which transitions show the first and the last, each followed by its transition.
    const scenes = Array.from({ length: 101 }, (_, index) => [
      { frames: 5, left: { begin: index > 0 ? 1 : 0, end: index < 100 ? 1 : 0 } },
      ...(index < 100 ? [{ frames: 1, left: { begin: 0, end: 0 } }] : []),
    ])
    const parts = scenes.flat()
    const all = parts.reduce((sum, { frames }) => sum + frames, 0)
    const bare = ['-g', '1', '-bf', '0', '-frames:v', String(all)]
    const path = await clip('long.mp4', { size: '64x36', seconds: all / 24, tone: 0, encoding: bare })
    const copy = ['-c', 'copy', '-bsf:v', leaveOut(parts, PROFILE), '-video_track_timescale', '12288']
    await ffmpeg('-i', path, ...copy, at('shown.mp4'))

    const hashes = await frameHashes(path)
    let begin = 0
    const wanted = parts.flatMap(({ frames, left }) => {
      const end = begin + frames
      const shown = hashes.slice(begin + left.begin, end - left.end)
      begin = end
      return shown
    })
    expect(wanted).toHaveLength(all - 200)
    expect(await frameHashes(at('shown.mp4'))).toEqual(wanted)
    expect((await media.probe(at('shown.mp4'))).video).toMatchObject({ constantRate: true, startSeconds: 0 })
  })

  it.each(['fade_black', 'fade_white'] as const)('stays within the range of a film in a %s', async (kind) => {
    // Plain, because the encoder goes over the range by itself at sharp edges.
    const from = { path: await clip('red.mp4', { color: 'red' }), frames: 24 }
    const to = { path: await clip('blue.mp4', { color: 'blue' }) }
    const output = at('faded.mp4')
    await media.renderTransition({ from, to, kind, frames: 10, profile: PROFILE, output })
    const stats = 'signalstats,metadata=print:file=-'
    const told = (await ffmpeg('-i', output, '-vf', stats, '-f', 'null', '/dev/null')).toString()
    const all = (key: string) => [...told.matchAll(new RegExp(`${key}=(\\d+)`, 'g'))].map(([, value]) => Number(value))
    expect(all('YMIN')).toHaveLength(10)
    expect(Math.min(...all('YMIN'))).toBeGreaterThanOrEqual(15)
    expect(Math.max(...all('YMAX'))).toBeLessThanOrEqual(236)
  })

  it.each([1, 2])('may last %i frames', async (frames) => {
    const scenes = [await moving(), await moving({ hue: 120 })]
    const { path } = await makeFilm(scenes, [{ kind: 'crossfade', frames }])
    expect(await frameHashes(path)).toHaveLength(48 - frames)
  })

  it('is copied between clips that were not made for it too', async () => {
    const clips = [await moving({ frames: 48 }), await moving({ frames: 48, hue: 120 })]
    const { film, path } = await stitchClips(clips, [{ kind: 'crossfade', frames: 10 }])
    expect(film.frames).toBe(86)
    const graph = xfade('crossfade', 10 / 24, 38 / 24)
    const frames = await resemblance(
      path,
      clips.map((one) => one.path),
      graph,
    )
    expect(frames).toHaveLength(86)
    expect(Math.min(...frames)).toBeGreaterThanOrEqual(0.98)
  })

  it('is refused where a clip is too short for both of its transitions', async () => {
    const scenes = await Promise.all([0, 90, 180].map((hue) => moving({ hue })))
    const ways: Way[] = [
      { kind: 'crossfade', frames: 14 },
      { kind: 'crossfade', frames: 12 },
    ]
    await expect(makeFilm(scenes, ways)).rejects.toThrow(
      "Clip 2 can't be stitched: its transitions take 14 and 12 of its 24 frames.",
    )
  })

  it('fades the sound with equal power, to the sample', async () => {
    const scenes = [await moving({ frames: 48, tone: 440 }), await moving({ frames: 48, tone: 1000 })]
    const { path } = await makeFilm(scenes, [{ kind: 'crossfade', frames: 24 }])
    const joined = await sound(path)
    expect(joined).toHaveLength(samplesOf(72, PROFILE))
    const level = rms(joined, 0.2, 0.8)
    expect(rms(joined, 2.2, 2.8) / level).toBeCloseTo(1, 1)
    // As loud in the middle as before and after; a linear fade would be at 0.71 there.
    for (const moment of [1.1, 1.3, 1.5, 1.7, 1.9]) {
      expect(rms(joined, moment - 0.05, moment + 0.05) / level).toBeGreaterThan(0.92)
      expect(rms(joined, moment - 0.05, moment + 0.05) / level).toBeLessThan(1.08)
    }
    expect(quietest(joined, 0.05, 2.65)).toBeGreaterThan(0.5 * level)
  })
})

describe('a click in a clip', () => {
  /** White, and a click, in the frames named; else black and silent. */
  async function clicking(name: string, frames: number[], seconds: number, fps: string): Promise<string> {
    const [num = 0, den = 1] = fps.split('/').map(Number)
    const white = frames.map((frame) => `eq(n,${frame})`).join('+')
    const begins = frames.map((frame) => (frame * den) / num)
    const clicks = begins.map((begin) => `between(t,${begin},${begin + 0.02})`).join('+')
    await ffmpeg(
      ...['-f', 'lavfi', '-i', `color=black:s=320x180:r=${fps}:d=${seconds}`],
      ...['-f', 'lavfi', '-i', `aevalsrc='0.8*sin(2*PI*1000*t)*(${clicks})':s=48000:d=${seconds}`],
      ...['-vf', `drawbox=color=white:t=fill:enable='${white}'`, '-c:v', 'libx264', '-preset', 'veryfast'],
      ...['-profile:v', 'high', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-ac', '2', at(name)],
    )
    return at(name)
  }

  /** When flashes and clicks begin (seconds). */
  async function moments(path: string, fps: number) {
    const bytes = await ffmpeg('-i', path, '-vf', 'scale=1:1:flags=area,format=gray', '-f', 'rawvideo', '-')
    const flashes = [...bytes].flatMap((value, n) => (value > 128 && !((bytes[n - 1] ?? 0) > 128) ? [n / fps] : []))
    const clicks: number[] = []
    for (const [n, value] of (await sound(path)).entries()) {
      if (Math.abs(value) > 0.2 && n / 48_000 - (clicks.at(-1) ?? -1) > 0.1) clicks.push(n / 48_000)
    }
    return { flashes, clicks }
  }

  it.each([
    ['24', PROFILE.fps, [{ kind: 'crossfade', frames: 10 }, null, { kind: 'slide_left', frames: 5 }, null]],
    ['30000/1001', { num: 30000, den: 1001 }, Array(4).fill({ kind: 'wipe_up', frames: 9 })],
  ] as [string, OutputProfile['fps'], Way[]][])(
    'is heard when it is seen, in every scene, at %s fps',
    async (fps, rate, ways) => {
      const profile = { ...PROFILE, fps: rate }
      const seconds = (48 * rate.den) / rate.num
      const path = await clicking('click.mp4', [14, 33], seconds, fps)
      const scenes: Scene[] = Array.from({ length: 5 }, () => ({ path, frames: 48 }))
      const film = await makeFilm(scenes, ways, profile)
      const { flashes, clicks } = await moments(film.path, rate.num / rate.den)
      expect(flashes).toHaveLength(10)
      expect(clicks).toHaveLength(10)
      for (const [index, flash] of flashes.entries()) expect(Math.abs(flash - (clicks[index] ?? 0))).toBeLessThan(0.02)
      const { video, audio } = await media.probe(film.path)
      const frame = rate.den / rate.num
      expect(Math.abs((video?.durationSeconds ?? 0) - (audio?.durationSeconds ?? 0))).toBeLessThan(frame)
    },
  )
})
