/** Ending when asked to. */

/** One Ctrl-C in a terminal can arrive several times: from the terminal itself, from npm and from the bootstrap. */
const SAME_KEYPRESS_MS = 1_000

/** Resolves at the first SIGINT or SIGTERM; another one, later than an echo of the first, ends the process at once. */
export function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let askedAt = 0
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (askedAt && Date.now() - askedAt > SAME_KEYPRESS_MS) process.exit(1)
        askedAt ||= Date.now()
        resolve(signal)
      })
    }
  })
}
