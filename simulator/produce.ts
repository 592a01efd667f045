/** Runs a model: fetches what its input points to and makes the video, the music or the speech. */

import { existsSync } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import path from 'node:path'
import { fetchInput, type Picture, PredictionError, readPicture } from './input-files.ts'
import { type Input, type Model, withDefaults } from './models.ts'
import { decodeSound, encodeSound } from './music/audio-file.ts'
import { compose, continueMusic } from './music/compose.ts'
import type { SongBook } from './music/song-book.ts'
import { SAMPLE_RATE, type Sound } from './music/synth.ts'
import type { Outputs } from './outputs.ts'
import { randomId } from './predictions.ts'
import { renderClip } from './render/clip.ts'
import { type Frame, frameOf } from './render/frame.ts'
import { drawnStill, numberedStill, stillOf } from './render/stills.ts'
import type { Settings } from './settings.ts'
import { speak } from './speech.ts'
import type { Uploads } from './uploads.ts'

export interface Workshop {
  settings: Settings
  ownUrl: string
  uploads: Uploads
  outputs: Outputs
  songs: SongBook
}

export interface Job {
  model: Model
  /** As it was received. */
  input: Input
  /** The prediction's number. */
  number: number
}

export interface Product {
  /** The output's name. */
  output: string
  /** Of what its price depends on, what was really rendered, under the names of the inputs. */
  rendered: Input
}

/**
 * Runs a prediction.
 * @throws {PredictionError} when an input can't be used, or ffmpeg fails
 * @throws the signal's reason when that is aborted
 */
export async function produce(shop: Workshop, job: Job, signal: AbortSignal): Promise<Product> {
  const input = withDefaults(job.model, job.input)
  const { kind } = job.model
  if (kind === 'video') return makeClip(shop, job, input, signal)
  const output = await (kind === 'voice' ? makeSpeech(shop, input, signal) : makeMusic(shop, input, signal))
  return { output, rendered: {} }
}

async function makeClip(shop: Workshop, { model, number }: Job, input: Input, signal: AbortSignal): Promise<Product> {
  const pictures: Picture[] = []
  for (const name of model.pictures) {
    const url = input[name]
    if (typeof url !== 'string') continue
    pictures.push(await readPicture(url, await fetchInput(url, shop.uploads, shop.ownUrl, signal)))
  }
  const frame = frameOf(model, input, pictures[0] ?? null)
  const { width, height, count, fps, audio } = frame
  const rendered = { duration: count / fps, resolution: `${Math.min(width, height)}p`, generate_audio: audio }
  const prompt = String(input.prompt)
  const scene = sceneOf(pictures[0])
  if (shop.settings.fast) {
    const marked = shop.settings.fast === 'scenes' ? scene : null
    return { output: await shop.outputs.add(await readyMadeClip(shop.settings, model, frame, marked)), rendered }
  }
  const [first, last] = await Promise.all(pictures.map((picture) => stillOf(picture, frame)))
  const stills: Parameters<typeof renderClip>[1]['stills'] =
    first && last ? [first, last] : [first ?? (await drawnStill(prompt, frame))]
  const { name, file } = shop.outputs.reserve('mp4')
  const caption = { title: titleOf(model, scene, `#${number}`), prompt }
  await renderClip(shop.settings.ffmpeg, { frame, stills, caption, number }, file, signal)
  return { output: name, rendered }
}

/** The scene, when the first picture's URL names one (`scene=3`). */
function sceneOf(first: Picture | undefined): string | null {
  const scene = first?.url.startsWith('http') ? new URL(first.url).searchParams.get('scene') : null
  return scene ? scene.slice(0, 20) : null
}

function titleOf(model: Model, scene: string | null, ...more: string[]): string {
  return [model.name, ...(scene ? [`Scene ${scene}`] : []), ...more].join('  ·  ')
}

/** Goes up when clips are to look different: the cached ones are then made again. */
const LOOKS = 2
/** Renders under way, by file: a second prediction of the same kind waits for the first one's clip. */
const beingMade = new Map<string, Promise<void>>()

/**
 * The clip that the fast mode hands out: rendered once for each model, length and size, and kept on disk.
 * @param scene whose number it shows, in a colour of its own; null for none
 */
async function readyMadeClip(
  { cacheDir, ffmpeg }: Settings,
  model: Model,
  frame: Frame,
  scene: string | null,
): Promise<string> {
  const { width, height, count, audio } = frame
  const parts = [`v${LOOKS}`, model.name.replace('/', '-'), `${width}x${height}`, count, audio ? 'sound' : 'silent']
  // A number and nothing else: it comes from a URL, and becomes a file's name.
  const number = scene && /^\d+$/.test(scene) ? scene : null
  const file = path.join(cacheDir, `${[...parts, ...(number ? [`scene${number}`] : [])].join('_')}.mp4`)
  await onlyOnce(file, async (part) => {
    const title = titleOf(model, number)
    const caption = { title, prompt: 'A ready-made clip: the simulator runs in its fast mode.' }
    const still = await (number ? numberedStill(Number(number), frame) : drawnStill(title, frame))
    // Not the prediction's own signal: others may be waiting for this clip.
    await renderClip(ffmpeg, { frame, stills: [still], caption, number: 0 }, part, new AbortController().signal)
  })
  return file
}

async function makeMusic(shop: Workshop, input: Input, signal: AbortSignal): Promise<string> {
  const { settings, songs, outputs } = shop
  const request = {
    prompt: String(input.prompt ?? ''),
    seed: typeof input.seed === 'number' ? input.seed : null,
    seconds: Number(input.duration),
  }
  const url = input.input_audio
  const bytes = typeof url === 'string' ? await fetchInput(url, shop.uploads, shop.ownUrl, signal) : null
  if (bytes && input.continuation === true) {
    const given = partOf(await decodeSound(settings.ffmpeg, bytes, signal), input)
    const { name, file } = outputs.reserve(String(input.output_format))
    await encodeSound(settings.ffmpeg, await continueMusic(songs, request, given), file, signal)
    return name
  }
  if (settings.fast) {
    const file = path.join(settings.cacheDir, `musicgen_${request.seconds}.${input.output_format}`)
    await onlyOnce(file, async (part) => {
      const sound = await compose(songs, { ...request, prompt: 'ready-made', seed: 0 })
      await encodeSound(settings.ffmpeg, sound, part, new AbortController().signal)
    })
    return outputs.add(file)
  }
  const { name, file } = outputs.reserve(String(input.output_format))
  await encodeSound(settings.ffmpeg, await compose(songs, request), file, signal)
  return name
}

async function makeSpeech({ settings, outputs }: Workshop, input: Input, signal: AbortSignal): Promise<string> {
  const { name, file } = outputs.reserve('wav')
  await speak(settings.ffmpeg, { text: String(input.prompt), voice: String(input.voice) }, file, signal)
  return name
}

/** From `continuation_start` to `continuation_end` (seconds; the sound's end by default). */
function partOf(sound: Sound, input: Input): Sound {
  const start = Number(input.continuation_start) * SAMPLE_RATE
  const end = Number(input.continuation_end ?? -1)
  const stop = end < 0 ? sound.left.length : end * SAMPLE_RATE
  if (start >= Math.min(stop, sound.left.length)) {
    throw new PredictionError('continuation_start is not before the end of input_audio')
  }
  return { left: sound.left.slice(start, stop), right: sound.right.slice(start, stop) }
}

/** Makes a file unless it is there; `make` writes to another name first, so that half a file is never taken for one. */
async function onlyOnce(file: string, make: (part: string) => Promise<void>): Promise<void> {
  if (existsSync(file)) return
  const running = beingMade.get(file)
  if (running) return running
  const made = (async () => {
    await mkdir(path.dirname(file), { recursive: true })
    const part = path.join(path.dirname(file), `${randomId()}${path.extname(file)}`)
    await make(part)
    await rename(part, file)
  })().finally(() => beingMade.delete(file))
  beingMade.set(file, made)
  return made
}
