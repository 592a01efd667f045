/** Small files of every kind that is uploaded, made here. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import sharp, { type Sharp } from 'sharp'
import { findTool } from '../../toolchain/index.ts'

/** A picture of one colour, half of it another, so that turning it shows. */
export function picture(width = 64, height = 48): Sharp {
  const left = {
    input: { create: { width: width / 2, height, channels: 3 as const, background: '#c00' } },
    left: 0,
    top: 0,
  }
  return sharp({ create: { width, height, channels: 3, background: '#00c' } }).composite([left])
}

export const jpeg = (width?: number, height?: number) => picture(width, height).jpeg().toBuffer()
export const png = (width?: number, height?: number) => picture(width, height).png().toBuffer()

/** What ffmpeg makes of `args`, as a file of the given extension. */
export async function recording(extension: string, ...args: string[]): Promise<Buffer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'greenlight-sample-'))
  try {
    const file = path.join(folder, `sample.${extension}`)
    const { path: ffmpeg } = await findTool('ffmpeg')
    await promisify(execFile)(ffmpeg, ['-v', 'error', '-nostdin', '-y', ...args, file])
    return await readFile(file)
  } finally {
    await rm(folder, { recursive: true })
  }
}

const PICTURE = ['-f', 'lavfi', '-i', 'testsrc2=s=64x48:r=10:d=1', '-pix_fmt', 'yuv420p']
const TONE = ['-f', 'lavfi', '-i', 'sine=440:r=44100:d=1']
export const mp4 = () => recording('mp4', ...PICTURE)
export const m4a = () => recording('mp4', ...TONE)
export const wav = () => recording('wav', ...TONE)
