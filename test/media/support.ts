import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { createMedia, type OutputProfile } from '../../media/index.ts'
import type { MediaTools } from '../../media/tools.ts'
import { findTool } from '../../toolchain/index.ts'

/** Small, so that the tests are quick; otherwise like a film's. */
export const PROFILE: OutputProfile = { width: 320, height: 180, fps: { num: 24, den: 1 } }

/** A folder for a test file's clips, a media module with its own temp folder, and short names for both. */
export async function setUp() {
  const [{ path: ffmpegPath }, { path: ffprobePath }] = await Promise.all([findTool('ffmpeg'), findTool('ffprobe')])
  const folder = await mkdtemp(join(tmpdir(), 'greenlight-media-'))
  afterAll(() => rm(folder, { recursive: true, force: true }))
  const tools: MediaTools = { ffmpegPath, ffprobePath, tempDir: join(folder, 'temp') }

  /** Runs ffmpeg, apart from the module under test, and returns what it wrote to stdout. */
  const ffmpeg = (...args: string[]) =>
    new Promise<Buffer>((succeed, fail) => {
      const options = { encoding: 'buffer', maxBuffer: 512 * 1024 * 1024 } as const
      execFile(ffmpegPath, ['-v', 'error', '-nostdin', '-y', ...args], options, (error, stdout) => {
        if (error) fail(error)
        else succeed(stdout)
      })
    })
  const at = (name: string) => join(folder, name)

  return {
    tools,
    media: createMedia(tools),
    ffmpeg,
    at,

    /** Makes a clip of a test picture (or one colour) with a tone, by default one that has PROFILE. */
    async clip(name: string, options: ClipOptions = {}): Promise<string> {
      const { size = '320x180', fps = '24', seconds = 1, color, tone = 440, encoding = [] } = options
      const picture = color
        ? `color=c=${color}:s=${size}:r=${fps}:d=${seconds}`
        : `testsrc2=s=${size}:r=${fps}:d=${seconds}`
      const sound = tone ? ['-f', 'lavfi', '-i', `sine=${tone}:r=48000:d=${seconds}`, '-c:a', 'aac', '-ac', '2'] : []
      const video = ['-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', 'high', '-pix_fmt', 'yuv420p']
      await ffmpeg('-f', 'lavfi', '-i', picture, ...sound, ...video, ...encoding, at(name))
      return at(name)
    },

    /** The mean colour of every frame, or of a part of it ("width:height:x:y"). */
    async colors(path: string, part = 'iw:ih'): Promise<string[]> {
      const mean = `crop=${part},scale=1:1:flags=area,format=rgb24`
      const bytes = await ffmpeg('-i', path, '-map', '0:v:0', '-vf', mean, '-f', 'rawvideo', '-')
      return Array.from({ length: bytes.length / 3 }, (_, i) => nameOf(bytes.subarray(3 * i, 3 * i + 3)))
    },

    /** A hash of every decoded frame. */
    async frameHashes(path: string): Promise<string[]> {
      const text = (await ffmpeg('-i', path, '-map', '0:v:0', '-f', 'framemd5', '-')).toString()
      return text.split('\n').flatMap((line) => (/^\d/.test(line) ? [line.split(',').at(-1)?.trim() ?? ''] : []))
    },

    /** One channel of the decoded sound at 48 kHz, from -1 to 1. */
    async sound(path: string, channel = 0): Promise<Float32Array> {
      const bytes = await ffmpeg('-i', path, '-af', `pan=mono|c0=c${channel}`, '-ar', '48000', '-f', 'f32le', '-')
      return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
    },

    /** How loud a file is, as ffmpeg's own EBU R 128 meter has it: LUFS, and dBTP. */
    async loudness(path: string): Promise<{ integrated: number; truePeak: number }> {
      const meter = 'ebur128=peak=true:metadata=1:framelog=quiet,ametadata=print:file=-'
      const told = (await ffmpeg('-i', path, '-af', meter, '-f', 'null', '/dev/null')).toString()
      const last = (key: string) =>
        Number(
          told
            .match(new RegExp(`r128\\.${key}=\\S+`, 'g'))
            ?.at(-1)
            ?.split('=')[1],
        )
      return { integrated: last('I'), truePeak: 20 * Math.log10(last('true_peak')) }
    },

    /** What is left in the module's temp folder. */
    leftovers: () => readdir(tools.tempDir).catch(() => []),
  }
}

interface ClipOptions {
  size?: string
  fps?: string
  seconds?: number
  color?: string
  /** Hz; 0 for no sound track. */
  tone?: number
  encoding?: string[]
}

/** "red", "green", "blue", "black", "white" or the numbers. */
function nameOf([r = 0, g = 0, b = 0]: Uint8Array): string {
  const high = [r, g, b].map((value) => (value > 190 ? '1' : value < 65 ? '0' : '?')).join('')
  const names: Record<string, string> = { '100': 'red', '010': 'green', '001': 'blue', '000': 'black', '111': 'white' }
  return names[high] ?? `${r},${g},${b}`
}

/** Root mean square of a stretch of sound (seconds). */
export function rms(sound: Float32Array, from: number, to: number): number {
  const part = sound.subarray(Math.round(from * 48_000), Math.round(to * 48_000))
  return Math.sqrt(part.reduce((sum, value) => sum + value * value, 0) / part.length)
}

/** The quietest 10 ms between two moments (seconds), as RMS. */
export function quietest(sound: Float32Array, from: number, to: number): number {
  let least = Number.POSITIVE_INFINITY
  for (let start = from; start + 0.01 <= to; start += 0.0025) least = Math.min(least, rms(sound, start, start + 0.01))
  return least
}
