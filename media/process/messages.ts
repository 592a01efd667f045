/** What the media process and the one that started it tell each other. */
import { MediaError, type MediaErrorKind } from '../errors.ts'
import type { Media } from '../index.ts'
import type { FfmpegNews } from '../tools.ts'

/** Asks for a verb; its signal and its listener stay behind, and have messages of their own. */
export interface Call {
  call: number
  verb: keyof Media
  args: unknown[]
  /** Whether somebody listens to how far it is. */
  tellProgress: boolean
}

/** Whoever asked wants it no longer. */
export interface Abort {
  abort: number
}

export type Request = Call | Abort

export interface Failure {
  /** Null for what is not a MediaError. */
  kind: MediaErrorKind | null
  message: string
  detail: string
  /** As in "ENOSPC". */
  code: string | null
}

export type Reply = { call: number } & (
  | { progress: number }
  | { news: FfmpegNews }
  | { value: unknown }
  | { failure: Failure }
)

/** An error as plain data: a structured clone would lose its class and its code. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { kind: null, message: String(error), detail: '', code: null }
  const { message } = error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null
  return error instanceof MediaError
    ? { kind: error.kind, message, detail: error.detail, code }
    : { kind: null, message, detail: '', code }
}

export function errorOf({ kind, message, detail, code }: Failure, cause?: unknown): Error {
  return kind ? new MediaError(kind, message, { detail, cause }) : Object.assign(new Error(message), code && { code })
}
