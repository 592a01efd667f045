import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/note-answers.ts'],
    // Real processes (Temporal, ffmpeg, SQLite's native module) are used by the tests: forks keep them apart.
    pool: 'forks',
    // They wait for servers and timers more than they compute.
    maxWorkers: 3,
    // For what hangs: whoever waits for a film shares two cores with other tests.
    testTimeout: 90_000,
    hookTimeout: 90_000,
  },
})
