/** What a run takes place on. */
import { CLUSTER_WORKERS } from '../../scripts/cluster/members.ts'
import { ALL_QUEUES, type TaskQueue } from '../../temporal/queues.ts'

export interface Topology {
  servers: number
  /** Of each worker, its queues. */
  workers: (readonly TaskQueue[])[]
  rows: 'sqlite' | 'postgres'
  bytes: 'files' | 's3'
  /** What its processes are told beside what all are. */
  env: Record<string, string>
  /** Milliseconds between two looks of a frontend at its job. */
  lookEvery: number
}

/** One server and one worker on one data folder. */
export const ONE_OF_EACH: Topology = {
  servers: 1,
  workers: [ALL_QUEUES],
  rows: 'sqlite',
  bytes: 'files',
  // What hangs is soon given up.
  env: { PREDICTION_TIMEOUT: '60' },
  lookEvery: 250,
}

/** As `npm run cluster` starts it: nothing is shared but PostgreSQL, S3 and Temporal. */
export const CLUSTER: Topology = {
  servers: 2,
  workers: CLUSTER_WORKERS,
  rows: 'postgres',
  bytes: 's3',
  env: {},
  lookEvery: 1_000,
}
