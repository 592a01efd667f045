/** The picture by hard cuts, and the film with crossfades and sound, against plain ffmpeg and moviepy. */
import { median } from '../median.ts'
import { type Material, makeClips } from './clips.ts'
import { type Measured, measured } from './measure.ts'
import { crossfadeByMoviepy, installMoviepy } from './moviepy.ts'
import { finishFilm, joinPictureAlone, renderTransition } from './ours.ts'
import { concatCopy, encodeAll } from './plain.ts'
import type { MediaRig } from './rig.ts'

const COPY_GOAL = 1.3
const ENCODE_GOAL = 0.2
const MOVIEPY_GOAL = 25

export interface Size {
  count: number
  /** Of each clip. */
  seconds: number
  width: number
  height: number
}

export async function benchPicture(rig: MediaRig, size: Size, { turns, moviepy }: { turns: number; moviepy: boolean }) {
  const profile = { width: size.width, height: size.height, fps: { num: 24, den: 1 } }
  const material = await makeClips({ ...rig, ffmpegPath: rig.tools.ffmpegPath }, { ...size, profile })
  console.log(`\n${size.count} clips of ${size.seconds} s at ${size.height}p24`)
  await benchCuts(rig, material, 3 * turns)
  const finished = await benchCrossfades(rig, material, turns)
  if (moviepy) await benchMoviepy(rig, material, finished)
}

async function benchCuts({ tools, folder }: MediaRig, material: Material, turns: number): Promise<void> {
  const ours: Measured[] = []
  const plain: Measured[] = []
  for (let turn = -1; turn < turns; turn++) {
    const us = await measured(folder, () => joinPictureAlone(tools, material, `${folder}/cuts.mp4`))
    const them = await measured(folder, () => concatCopy(tools.ffmpegPath, material, folder), true)
    if (turn < 0) continue
    ours.push(us)
    plain.push(them)
  }
  report('the picture with hard cuts, against ffmpeg -f concat -c copy', ours, plain, COPY_GOAL)
}

async function benchCrossfades({ tools, media, folder }: MediaRig, material: Material, turns: number) {
  const transitions = await earlier(media, material, folder)
  const ours: Measured[] = []
  const plain: Measured[] = []
  for (let turn = 0; turn < turns; turn++) {
    ours.push(await measured(folder, () => finishFilm(media, material, { transitions, folder })))
    plain.push(await measured(folder, () => encodeAll(tools.ffmpegPath, material, folder), true))
  }
  report('last clip stored to film served, crossfades and sound, against encoding it all', ours, plain, ENCODE_GOAL)
  return median(ours.map(({ seconds }) => seconds))
}

/** Those that are rendered while the last clip still is. */
export async function earlier(media: MediaRig['media'], material: Material, folder: string): Promise<string[]> {
  const transitions: string[] = []
  for (let index = 0; index < material.clips.length - 2; index++) {
    transitions.push(transitions[index - 6] ?? (await renderTransition(media, material, index, folder)))
  }
  return transitions
}

async function benchMoviepy({ tools, folder }: MediaRig, material: Material, ours: number): Promise<void> {
  const missing = await installMoviepy()
  if (missing) return console.log(`moviepy: left out, because it could not be installed: ${missing}`)
  const { seconds, cpu } = await measured(folder, () => crossfadeByMoviepy(tools.ffmpegPath, material, folder), true)
  const times = seconds / ours
  const reached = times >= MOVIEPY_GOAL ? 'reached' : 'missed'
  console.log(`the same against moviepy: ${times.toFixed(1)} times as fast, goal ${MOVIEPY_GOAL} ${reached}`)
  console.log(`  seconds: ours ${ours.toFixed(2)}, moviepy ${seconds.toFixed(1)}, of CPU ${cpu.toFixed(1)} (one turn)`)
}

function report(what: string, ours: Measured[], plain: Measured[], goal: number): void {
  const seconds = (all: Measured[]) => median(all.map((one) => one.seconds))
  const ratio = seconds(ours) / seconds(plain)
  console.log(`${what}: ${ratio.toFixed(2)} of its time, goal ${goal} ${ratio <= goal ? 'reached' : 'missed'}`)
  const cpu = (all: Measured[]) => median(all.map((one) => one.cpu))
  console.log(`  seconds: ours ${seconds(ours).toFixed(2)}, plain ffmpeg ${seconds(plain).toFixed(2)}`)
  console.log(
    `  of CPU: ours ${cpu(ours).toFixed(2)}, plain ffmpeg ${cpu(plain).toFixed(2)}, ratio ${(cpu(ours) / cpu(plain)).toFixed(2)}`,
  )
  console.log(`  at most: ours ${held(ours)}; plain ffmpeg ${held(plain)}`)
}

export function held(all: Measured[]): string {
  const most = (of: (one: Measured) => number) => (Math.max(...all.map(of)) / 1e6).toFixed(0)
  return `${most(({ memory }) => memory)} MB of memory, ${most(({ temporary }) => temporary)} MB of files`
}
