import { defineConfig } from 'vitest/config'
import { LongFilesFirst } from './test/support/long-files-first.ts'

/** These replace modules of Node or of ours, which other files must not see. */
const MOCKING = ['test/api/dns-rebinding.test.ts', 'test/temporal/embedded.test.ts']
/** These start hundreds of programs, each of which takes longer the larger the process is that starts it. */
const STARTING = ['test/media/**/*.test.ts', 'test/simulator/render.test.ts', 'test/toolchain/**/*.test.ts']
/** These are about PostgreSQL alone. */
const POSTGRES = ['test/postgres/**/*.test.ts']
/** These are about rows, and run a second time on PostgreSQL (test/support/database.ts). */
const ON_BOTH = ['test/{activities,api,contract,prisma}/**/*.test.ts']
/** They are about SQLite itself, or about bytes alone. */
const ON_SQLITE = [
  'test/prisma/{sqlite-adapter,sqlite-migrations,sync-log}.test.ts',
  'test/api/{bytes,deadline,memory,s3}.test.ts',
  'test/activities/tidy-s3.test.ts',
]
/** Of those that run on both: what databases may do differently, which is all that `.ci/run` runs twice. */
const ON_BOTH_IN_CI = [
  'test/prisma/{changes,database,migrate,statements}.test.ts',
  'test/api/{assets-list,budgets,client-scope,events,idempotency,read-cache,resolutions,spending}.test.ts',
  'test/activities/submit-prediction.test.ts',
]

/**
 * Breadth: many inputs of what another test holds by one. `.ci/run` leaves them out, so that it ends within its 15 minutes on 2
 * cores; `npm test` runs them.
 */
const BREADTH = [
  'test/activities/bill.test.ts',
  'test/api/memory.test.ts',
  'test/chaos/cluster.test.ts',
  'test/e2e/{backfill,drafts,late-music,operators,own-music,prompts,regenerated-film,regeneration,restore,stages,transitions,two-disks,unknown-outcome,voice-over}.test.ts',
  'test/faults/{encrypted-payloads,rate-limit}.test.ts',
  'test/media/{loudness,soundtrack,transitions,voice,words,zoo}.test.ts',
  'test/postgres/killed-migrations.test.ts',
  'test/studio/{accessible,budgets,hostile,rendering-choices}.test.ts',
  'test/toolchain/bootstrap.test.ts',
  'test/workflows/backfill.test.ts',
]
const leftOut = process.env.TEST_BREADTH === 'off' ? BREADTH : []

export default defineConfig({
  test: {
    projects: [
      // Modules are loaded once a process, not once a file: that was most of what the API's tests took.
      {
        extends: true,
        test: {
          name: 'shared',
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: [...MOCKING, ...STARTING, ...POSTGRES, ...leftOut],
          globalSetup: ['test/support/sqlite-setup.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'postgres',
          isolate: false,
          include: [...POSTGRES, ...(leftOut.length > 0 ? ON_BOTH_IN_CI : ON_BOTH)],
          exclude: [...MOCKING, ...ON_SQLITE, ...leftOut],
          env: { TEST_DATABASE: 'postgres' },
          globalSetup: ['test/support/postgres-setup.ts'],
          // What they are answered is noted where they run on SQLite.
          setupFiles: [],
        },
      },
      { extends: true, test: { name: 'starting', include: STARTING, exclude: leftOut } },
      { extends: true, test: { name: 'mocking', include: MOCKING } },
    ],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/note-answers.ts'],
    // Real processes (Temporal, ffmpeg, SQLite's native module) are used by the tests: forks keep them apart.
    pool: 'forks',
    // They wait for servers and timers, so there are more than cores; with a fourth, CI was no quicker and what has little time failed.
    maxWorkers: 3,
    sequence: { sequencer: LongFilesFirst },
    // For what hangs: whoever waits for a film shares two cores with other tests.
    testTimeout: 90_000,
    hookTimeout: 90_000,
    // A second, which is the default, passes on a busy machine before anything has happened.
    expect: { poll: { timeout: 20_000 } },
  },
})
