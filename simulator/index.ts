/**
 * The simulator: a real HTTP server that stands in for Replicate and x.ai, so that the real clients and the real webhook
 * path run against it. It renders real video and music, keeps a bill, and goes wrong on demand.
 *
 *   app.ts, routes/       what it answers
 *   predictions.ts        what was bought, in a journal
 *   runner.ts             the life of a prediction: starting, processing, ended, billed
 *   produce.ts            runs a model: render/ makes clips, music/ makes music
 *   storyboard/           what x.ai's model answers
 *   webhooks.ts           tells the buyer
 *   create-log.ts         how often it was asked to create
 *   chat-log.ts           what x.ai's model was asked, in tokens
 *   faults.ts, http-faults.ts   what goes wrong, when it is told to
 *   models.ts, prices.ts  inputs and prices
 */

import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createAdaptorServer } from '@hono/node-server'
import { findTool } from '../toolchain/index.ts'
import { createApp } from './app.ts'
import { ChatLog } from './chat-log.ts'
import { CreateLog, type Load } from './create-log.ts'
import { FaultBook, type FaultRule } from './faults.ts'
import { SongBook } from './music/song-book.ts'
import { Outputs } from './outputs.ts'
import { PredictionStore } from './predictions.ts'
import { type Bill, billOf, reset } from './routes/control.ts'
import { Runner } from './runner.ts'
import { type SimulatorOptions, settingsFrom } from './settings.ts'
import { Uploads } from './uploads.ts'
import { Webhooks } from './webhooks.ts'

export type { Load } from './create-log.ts'
export type { FaultRule } from './faults.ts'
export type { Bill, BillLine } from './routes/control.ts'
export type { SimulatorOptions } from './settings.ts'

export interface Simulator {
  /** Without a path: `http://127.0.0.1:<port>`. Both clients take `<url>/v1` as their base URL. */
  url: string
  port: number
  /** What `GET /simulator/bill` answers. */
  bill(): Bill
  /** What `GET /simulator/load` answers. */
  load(): Load
  /** Puts these fault rules in place of all others; an empty list ends all faults. */
  setFaults(rules: FaultRule[]): void
  /** Forgets predictions, bill, files and faults. */
  reset(): Promise<void>
  /** Stops listening and rendering, and removes its temporary folder. Connections are cut. */
  stop(): Promise<void>
}

/**
 * Starts a simulator, on 127.0.0.1 unless it is told otherwise.
 * @throws when the port is taken, no ffmpeg is found, or a fault rule is malformed
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const faults = new FaultBook()
  faults.set(options.faults ?? [])
  const settings = settingsFrom(options, options.ffmpegPath ?? (await findTool('ffmpeg')).path)
  const dir = options.dir ?? (await mkdtemp(path.join(tmpdir(), 'greenlight-simulator-')))
  await mkdir(dir, { recursive: true })

  const server = createAdaptorServer({ fetch: (...request) => app.fetch(...request) }) as Server
  server.listen(options.port ?? 0, options.host ?? '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const url = options.url ?? `http://127.0.0.1:${port}`

  const stopping = new AbortController()
  const store = new PredictionStore(dir)
  const webhooks = new Webhooks(dir, settings.webhookRetryMs, stopping.signal)
  const uploads = new Uploads(dir)
  const shop = { settings, ownUrl: url, uploads, outputs: new Outputs(dir), songs: new SongBook() }
  const runner = new Runner(shop, store, webhooks, stopping.signal)
  const creates = new CreateLog()
  const chats = new ChatLog()
  const simulation = { ...shop, store, faults, creates, chats, runner, webhooks, stopped: stopping.signal }
  const app = createApp(simulation)
  runner.resume()

  return {
    url,
    port,
    bill: () => billOf(simulation),
    load: () => creates.load(),
    setFaults: (rules) => faults.set(rules),
    reset: () => reset(simulation),
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      stopping.abort()
      await Promise.all([closed, runner.abandonAll()])
      // A ready-made clip may be written at this very moment.
      if (!options.dir) await rm(dir, { recursive: true, force: true, maxRetries: 10 })
    },
  }
}
