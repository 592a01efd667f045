/**
 * Loaded before a worker whose memory is measured (`node --expose-gc --import`), in each of its threads: what it no
 * longer needs is not counted.
 */
const EVERY_MS = 2_000

setInterval(() => globalThis.gc?.(), EVERY_MS).unref()
