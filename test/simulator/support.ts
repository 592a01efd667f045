/** A simulator with the real clients around it, and a server that hands out photos as an app would. */

import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import Replicate, { type Prediction } from 'replicate'
import { onTestFinished } from 'vitest'
import { type Simulator, type SimulatorOptions, startSimulator } from '../../simulator/index.ts'
import { findTool } from '../../toolchain/index.ts'

const run = promisify(execFile)

export const MUSICGEN = '671ac645ce5e552cc63a54a2bbff63fcf798043055d2dac5fc9e36a837eedcfb'

/** A prediction of which only the sort matters. */
export const VEO = { model: 'google/veo-3.1', input: { prompt: 'A quiet sea', duration: 4, resolution: '720p' } }

export function photo(name: string): Promise<Buffer> {
  return readFile(new URL(`../fixtures/photos/${name}`, import.meta.url))
}

/** Starts a simulator for one test. */
export async function simulate(options: SimulatorOptions = {}): Promise<{ sim: Simulator; replicate: Replicate }> {
  const sim = await startSimulator(options)
  onTestFinished(() => sim.stop())
  return { sim, replicate: clientOf(sim) }
}

export function clientOf(sim: Pick<Simulator, 'url'>, fetch?: typeof globalThis.fetch): Replicate {
  return new Replicate({ auth: 'a-key', baseUrl: `${sim.url}/v1`, ...(fetch && { fetch }) })
}

export interface Received {
  method: string
  url: string
  headers: Record<string, string>
  body: string
}

/**
 * An HTTP server for one test: it remembers what it receives, and answers with photos by their name, or as it is told.
 */
export async function listen(answer?: (request: Received) => { status: number; body?: string | Buffer }) {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    const seen = await read(request)
    received.push(seen)
    const name = new URL(seen.url, 'http://localhost').pathname.slice(1)
    const { status, body } = answer?.(seen) ?? { status: 200, body: await photo(name) }
    response.writeHead(status).end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received }
}

async function read(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return {
    method: request.method ?? '',
    url: request.url ?? '',
    headers: request.headers as Record<string, string>,
    body: Buffer.concat(chunks).toString(),
  }
}

/** Waits for a prediction's end, whichever it is. (The client's own `wait` throws on some and waits for ever on others.) */
export async function ended(replicate: Replicate, { id }: { id: string }): Promise<Prediction> {
  for (;;) {
    const prediction = await replicate.predictions.get(id)
    if (prediction.status !== 'starting' && prediction.status !== 'processing') return prediction
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Waits until something is so. */
export async function until(so: () => boolean): Promise<void> {
  while (!so()) await new Promise((resolve) => setTimeout(resolve, 10))
}

export interface Stream {
  codec_name: string
  codec_type: string
  width?: number
  height?: number
  r_frame_rate: string
  nb_read_frames: string
  pix_fmt?: string
  sample_rate?: string
  channels?: number
  duration: string
}

/** What ffprobe says about a file or URL, with frames counted. */
export async function probe(url: string): Promise<Stream[]> {
  const { path } = await findTool('ffprobe')
  const { stdout } = await run(path, ['-v', 'error', '-count_frames', '-show_streams', '-of', 'json', url])
  return (JSON.parse(stdout) as { streams: Stream[] }).streams
}

/** A file or URL as left-channel samples at 32 kHz. */
export async function samplesOf(url: string): Promise<Float32Array> {
  const { path } = await findTool('ffmpeg')
  const args = ['-v', 'error', '-i', url, '-f', 'f32le', '-ar', '32000', '-ac', '2', 'pipe:1']
  const { stdout } = await run(path, args, { encoding: 'buffer', maxBuffer: 2 ** 28 })
  const samples = new Float32Array(stdout.length / 8)
  for (let i = 0; i < samples.length; i++) samples[i] = stdout.readFloatLE(i * 8)
  return samples
}

/** Frames of a video as small RGB pictures of 32 × 18 pixels, by their numbers. */
export async function smallFrames(url: string, numbers: number[]): Promise<Uint8Array[]> {
  const { path } = await findTool('ffmpeg')
  const chosen = numbers.map((number) => `eq(n,${number})`).join('+')
  const filters = `select='${chosen}',scale=32:18:flags=area,format=rgb24`
  const args = ['-v', 'error', '-i', url, '-vf', filters, '-fps_mode', 'passthrough', '-f', 'rawvideo', 'pipe:1']
  const { stdout } = await run(path, args, { encoding: 'buffer' })
  return numbers.map((_, index) => stdout.subarray(index * 32 * 18 * 3, (index + 1) * 32 * 18 * 3))
}
