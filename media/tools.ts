/** What every verb of this folder needs to know of the machine. */
export interface MediaTools {
  ffmpegPath: string
  ffprobePath: string
  /** Every run gets a folder of its own in here, removed when the run ends. */
  tempDir: string
  /** Told when an ffmpeg begins and when it ends. */
  onRun?: (run: FfmpegNews) => void
}

/** That an ffmpeg has begun, or has ended. */
export interface FfmpegNews {
  /** The same for both, and for no other of this process. */
  run: number
  /** When; milliseconds since 1970. */
  at: number
  /** What is tried, as in "ffmpeg could not <task>". */
  task: string
  ended?: { problem?: string }
}

/** What may be asked of every verb that takes a while. */
export interface Controls {
  /** Aborting kills the process at once; the verb then throws a MediaError of kind "aborted". */
  signal?: AbortSignal
  /** Told the fraction done (0 to 1, only growing), about twice a second. */
  onProgress?: (fraction: number) => void
}
