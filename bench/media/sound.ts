/**
 * The sound of a film with music: ours against ffmpeg doing the same in one command, which joins the clips' sound, lets
 * the music step back under it, brings both to -14 LUFS with the filter made for that (loudnorm) and encodes it. Both from
 * the same clips and the same music, in turns; medians are compared. Ours keeps the clips' sound without loss as well, to
 * be scored again, and is exact to the sample.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type OutputProfile, secondsOf } from '../../media/index.ts'
import { keepSound } from '../../media/join-sound.ts'
import { encodeSound } from '../../media/sound/encode-sound.ts'
import { measure } from '../../media/sound/loudness.ts'
import { SOUND_OPTIONS } from '../../media/sound-filters.ts'
import { fitSoundtrack } from '../../media/soundtrack/fit-soundtrack.ts'
import { scoreSound } from '../../media/soundtrack/score-sound.ts'
import type { MediaTools } from '../../media/tools.ts'
import { findTool } from '../../toolchain/index.ts'
import { median } from '../median.ts'
import { measured } from './measure.ts'
import { type Cost, costOf, run } from './run.ts'

const ROUNDS = 3
const GOAL = 1.2
const CLIPS = 8
const GROWTH = [8, 40, 100]
const PROFILE: OutputProfile = { width: 320, height: 180, fps: { num: 24, den: 1 } }
const FRAMES = 144
const MIB = 1024 * 1024

interface Bench {
  tools: MediaTools
  folder: string
  /** Two that take turns. */
  clips: string[]
  music: string
}

export async function benchSound(): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'greenlight-bench-'))
  try {
    const [{ path: ffmpegPath }, { path: ffprobePath }] = await Promise.all([findTool('ffmpeg'), findTool('ffprobe')])
    const tools = { ffmpegPath, ffprobePath, tempDir: path.join(folder, 'temp') }
    const bench = { tools, folder, ...(await material(tools, folder)) }
    await compare(bench)
    await tellGrowth(bench)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function compare(bench: Bench): Promise<void> {
  const [ours, plain, own]: [Cost[], Cost[], Cost[]] = [[], [], []]
  for (let round = 0; round < ROUNDS; round++) {
    plain.push(await costOf(() => plainFfmpeg(bench, CLIPS)))
    ours.push(await costOf(() => scored(bench, CLIPS)))
    own.push(await costOf(() => withoutMusic(bench)))
  }
  const [us, them, film] = [ours, plain, own].map((costs) => ({
    seconds: median(costs.map(({ seconds }) => seconds)),
    cpu: median(costs.map(({ cpu }) => cpu)),
  })) as [Cost, Cost, Cost]
  const ratio = us.seconds / them.seconds
  const verdict = `goal ${GOAL} ${ratio <= GOAL ? 'reached' : 'missed'}`
  console.log(`sound of ${CLIPS} clips of 6 s with music: ${ratio.toFixed(2)} of plain ffmpeg's time, ${verdict}`)
  const told = ({ seconds, cpu }: Cost) => `${seconds.toFixed(2)} (${cpu.toFixed(2)} of CPU)`
  console.log(`  seconds: ours ${told(us)}, plain ffmpeg ${told(them)}`)
  console.log(`  seconds for the film without music, which is kept too: ${told(film)}`)
  for (const [who, name] of [
    ['ours', 'ours.m4a'],
    ['plain ffmpeg', 'plain.m4a'],
  ] as const) {
    const input = { path: path.join(bench.folder, name), demuxer: 'mov' } as const
    const output = path.join(bench.folder, 'measured.md5')
    const { integrated, truePeak } = await measure(bench.tools, { input, output })
    console.log(`  ${who}: ${integrated.toFixed(1)} LUFS, ${truePeak.toFixed(1)} dBTP`)
  }
}

/** How time, memory and temporary bytes grow with the number of clips. */
async function tellGrowth(bench: Bench): Promise<void> {
  for (const count of GROWTH) {
    const { seconds, memory, temporary } = await measured(bench.tools.tempDir, () => scored(bench, count))
    console.log(
      `  ${count} clips: ${seconds.toFixed(2)} s, ${((1000 * seconds) / count).toFixed(0)} ms a clip, ` +
        `at most ${(memory / MIB).toFixed(0)} MiB in all ffmpegs, ${(temporary / MIB).toFixed(0)} MiB of temporary files`,
    )
  }
}

const clipsOf = ({ clips }: Bench, count: number) =>
  Array.from({ length: count }, (_, index) => ({ path: clips[index % clips.length] ?? '', frames: FRAMES }))

/** What stitch and finishSoundtrack do for the sound. */
async function scored(bench: Bench, count: number): Promise<void> {
  const { tools, music } = bench
  const folder = path.join(tools.tempDir, 'scored')
  await mkdir(folder, { recursive: true })
  const [lossless, soundtrack] = [path.join(folder, 'film.flac'), path.join(folder, 'fitted.wav')]
  await keepSound(tools, { clips: clipsOf(bench, count), profile: PROFILE, folder, lossless })
  const fit = { videoSeconds: secondsOf(count * FRAMES, PROFILE), mode: 'trim', fadeSeconds: 1 } as const
  const loudness = await fitSoundtrack(tools, { input: music, ...fit, output: soundtrack })
  await scoreSound(tools, {
    ...{ own: { input: { path: lossless, demuxer: 'flac' }, index: 0 }, soundtrack, loudness, fadeSeconds: 1 },
    ...{ samples: count * FRAMES * 2000, folder, output: path.join(bench.folder, 'ours.m4a') },
  })
  await rm(folder, { recursive: true })
}

async function withoutMusic(bench: Bench): Promise<void> {
  const { tools } = bench
  const folder = path.join(tools.tempDir, 'own')
  await mkdir(folder, { recursive: true })
  const kept = { clips: clipsOf(bench, CLIPS), profile: PROFILE, folder, lossless: path.join(folder, 'film.flac') }
  const sound = await keepSound(tools, kept)
  await encodeSound(tools, { ...sound, encoding: 'aac', output: path.join(folder, 'own.m4a') })
  await rm(folder, { recursive: true })
}

async function plainFfmpeg(bench: Bench, count: number): Promise<void> {
  const clips = clipsOf(bench, count)
  const total = secondsOf(count * FRAMES, PROFILE)
  const inputs = [...clips.map(({ path }) => path), bench.music].flatMap((input) => ['-i', input])
  const filter = [
    `${clips.map((_, index) => `[${index}:a]`).join('')}concat=n=${count}:v=0:a=1,asplit[own][key]`,
    `[${count}:a]atrim=end=${total},afade=t=out:st=${total - 1}:d=1[music]`,
    '[music][key]sidechaincompress=threshold=0.025:ratio=4:attack=30:release=600[under]',
    '[own][under]amix=inputs=2:duration=first:normalize=0,loudnorm=I=-14:TP=-1[mixed]',
  ].join(';')
  const encoding = ['-map', '[mixed]', '-ar', '48000', ...SOUND_OPTIONS]
  await run(bench.tools.ffmpegPath, [...inputs, '-filter_complex', filter, ...encoding, `${bench.folder}/plain.m4a`])
}

/** Clips with something like speech, and music with a beat. */
async function material({ ffmpegPath }: MediaTools, folder: string): Promise<{ clips: string[]; music: string }> {
  const voice = (pitch: number) =>
    `0.2*sin(2*PI*${pitch}*t)*sin(2*PI*${2.5 * pitch}*t)*max(0,sin(2*PI*2.1*t))+0.02*(2*random(0)-1)`
  const clips = [130, 190].map((pitch) => ({ wave: voice(pitch), name: path.join(folder, `clip-${pitch}.mp4`) }))
  for (const { wave, name } of clips) {
    const inputs = [
      '-f',
      'lavfi',
      '-i',
      'testsrc2=s=320x180:r=24:d=6',
      '-f',
      'lavfi',
      '-i',
      `aevalsrc='${wave}|${wave}':s=48000:d=6`,
    ]
    const codecs = [
      '-c:v',
      'libx264',
      '-preset',
      'veryfast',
      '-profile:v',
      'high',
      '-pix_fmt',
      'yuv420p',
      '-c:a',
      'aac',
    ]
    await run(ffmpegPath, [...inputs, ...codecs, '-b:a', '192k', name])
  }
  const music = path.join(folder, 'music.wav')
  const beat =
    '0.4*sin(2*PI*80*t)*exp(-20*mod(t,0.5))+0.1*sin(2*PI*220*t)+0.1*sin(2*PI*330*t)+0.05*(2*random(0)-1)*exp(-40*mod(t,0.25))'
  const seconds = Math.max(...GROWTH) * 6
  await run(ffmpegPath, ['-f', 'lavfi', '-i', `aevalsrc='${beat}|${beat}':s=48000:d=${seconds}`, music])
  return { clips: clips.map(({ name }) => name), music }
}
