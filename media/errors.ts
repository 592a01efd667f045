/**
 * - unreadable: the input is at fault (truncated, not a video, too large). The same bytes fail again; others may not.
 * - timeout: the time limit ended the run.
 * - aborted: the caller's signal ended the run.
 * - failed: anything else, such as a full disk or a missing ffmpeg.
 */
export type MediaErrorKind = 'unreadable' | 'timeout' | 'aborted' | 'failed'

/** What this folder throws. The message is a sentence that a user may see: it names no path. */
export class MediaError extends Error {
  override readonly name = 'MediaError'
  readonly kind: MediaErrorKind
  /** The last lines that ffmpeg or ffprobe wrote, for the log; empty when there are none. */
  readonly detail: string

  constructor(kind: MediaErrorKind, message: string, options: { detail?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.kind = kind
    this.detail = options.detail ?? ''
  }
}

/** A message of ffmpeg without the folders of this machine and the addresses in its memory. */
export function withoutPaths(line: string): string {
  return line
    .replaceAll(/^\[[^\]]*\] */g, '')
    .replaceAll(/(^|[\s'"])(?:[A-Za-z]:)?[\\/][^\s'":]*[\\/]/g, '$1')
    .trim()
}
