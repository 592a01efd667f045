/** What a simulator can be told, and how the environment tells it. */

import { fileURLToPath } from 'node:url'
import type { FaultRule } from './faults.ts'

export interface SimulatorOptions {
  /** Where it listens; 127.0.0.1 unless given. It has no keys: anywhere else only in a network of its own. */
  host?: string
  /** 0 (the default) takes a free one. */
  port?: number
  /** How others reach it, where that is not by its host and port. */
  url?: string
  /** A folder that outlives the simulator: predictions, files and the bill are taken up again. Default: a temporary one. */
  dir?: string
  /**
   * The same ready-made clip for every prediction of one model, length and size, in milliseconds; with `scenes` one for
   * each scene's number, so that scenes can be told apart.
   */
  fast?: boolean | 'scenes'
  /** The least time that a prediction is in processing. Default 0: as long as rendering takes. */
  renderMs?: number
  /** How long input and output are kept after a prediction has ended. Default: an hour. */
  outputTtlMs?: number
  /** More creates in a minute than this are answered with 429. Default: no limit. */
  createsPerMinute?: number
  /** The time before a failed webhook is sent again; it doubles with every try. Default: 500. */
  webhookRetryMs?: number
  /** The one key that x.ai's routes take. Default: any. */
  xaiKey?: string
  faults?: FaultRule[]
  /** Default: the toolchain's. */
  ffmpegPath?: string
}

export interface Settings {
  fast: boolean | 'scenes'
  renderMs: number
  outputTtlMs: number
  createsPerMinute: number
  webhookRetryMs: number
  xaiKey: string | null
  ffmpeg: string
  /** Where the clips of the fast mode are kept from run to run. */
  cacheDir: string
}

const HOUR_MS = 3_600_000

export function settingsFrom(options: SimulatorOptions, ffmpeg: string): Settings {
  return {
    fast: options.fast ?? false,
    renderMs: options.renderMs ?? 0,
    outputTtlMs: options.outputTtlMs ?? HOUR_MS,
    createsPerMinute: options.createsPerMinute ?? Number.POSITIVE_INFINITY,
    webhookRetryMs: options.webhookRetryMs ?? 500,
    xaiKey: options.xaiKey ?? null,
    ffmpeg,
    cacheDir: fileURLToPath(new URL('../.cache/simulator', import.meta.url)),
  }
}

/**
 * Options from `SIMULATOR_HOST`, `_PORT`, `_URL`, `_DIR`, `_FAST`, `_RENDER_MS`, `_OUTPUT_TTL_MS`, `_CREATES_PER_MINUTE`, `_XAI_KEY`, `_FAULTS` (JSON).
 * @throws when one of them can't be read
 */
export function optionsFromEnv(env: NodeJS.ProcessEnv): SimulatorOptions {
  return {
    host: env.SIMULATOR_HOST || undefined,
    port: numberFrom(env, 'SIMULATOR_PORT'),
    url: env.SIMULATOR_URL || undefined,
    dir: env.SIMULATOR_DIR || undefined,
    fast: env.SIMULATOR_FAST === 'scenes' ? 'scenes' : env.SIMULATOR_FAST === '1' || env.SIMULATOR_FAST === 'true',
    renderMs: numberFrom(env, 'SIMULATOR_RENDER_MS'),
    outputTtlMs: numberFrom(env, 'SIMULATOR_OUTPUT_TTL_MS'),
    createsPerMinute: numberFrom(env, 'SIMULATOR_CREATES_PER_MINUTE'),
    xaiKey: env.SIMULATOR_XAI_KEY || undefined,
    faults: faultsFrom(env.SIMULATOR_FAULTS),
  }
}

function numberFrom(env: NodeJS.ProcessEnv, name: string): number | undefined {
  const text = env[name]
  if (!text) return undefined
  const value = Number(text)
  if (!Number.isFinite(value) || value < 0) throw new Error(`${name} is "${text}", but it has to be a number from 0.`)
  return value
}

function faultsFrom(text: string | undefined): FaultRule[] | undefined {
  if (!text) return undefined
  try {
    return JSON.parse(text) as FaultRule[]
  } catch (error) {
    throw new Error(`SIMULATOR_FAULTS is not JSON: ${error instanceof Error ? error.message : error}`)
  }
}
