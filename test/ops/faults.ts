/** A real fault for each alert: what is broken, and how it is mended. */
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Database } from '../../prisma/client.ts'
import { findTool } from '../../toolchain/index.ts'
import type { StartedProcess } from '../support/process.ts'
import type { Api, Base } from '../support/stack.ts'

export interface Stage {
  base: Base
  api: Api
  db: Database
  campaign: string
  /** The worker, which a fault may kill and a mending start again. */
  worker: { process: StartedProcess; start(env?: Record<string, string>): Promise<void> }
}

export interface Fault {
  /** What it is, for the table. */
  what: string
  /** The alerts that have to fire. */
  fires: string[]
  /** Begins it; what it returns is done again and again until they have. */
  begin(stage: Stage): Promise<(() => Promise<unknown>) | undefined>
  mend(stage: Stage): Promise<void>
}

const approvedJob = async ({ api, campaign }: Stage, scenes: number, seconds = 4): Promise<number> => {
  const wish = { campaign_id: campaign, clip_duration: seconds, num_pairs: scenes }
  const { body } = await api.post('/jobs/from-image-pairs', wish)
  await api.post(`/jobs/${body.job_id}/approve`)
  return body.job_id
}
/** One that can tell its version and nothing more: a worker does not start with less. @returns its path */
async function failingFfmpeg({ base }: Stage): Promise<string> {
  const { path: real } = await findTool('ffmpeg')
  const file = path.join(base.dataDir, 'failing-ffmpeg')
  await writeFile(file, `#!/bin/sh\n[ "$1" = -version ] && exec ${real} -version\nexit 1\n`, { mode: 0o755 })
  return file
}

const heal = async ({ base }: Stage) => base.simulator.setFaults([])

export const FAULTS: Fault[] = [
  {
    what: 'the provider answers nine calls in ten by 500',
    fires: ['GreenlightProviderFailing'],
    async begin(stage) {
      const broken = { kind: 'status', status: 500, retry_after: 1 } as const
      stage.base.simulator.setFaults([{ match: { path: '*' }, probability: 0.9, fault: broken }])
      await approvedJob(stage, 4)
      return undefined
    },
    mend: heal,
  },
  {
    what: 'the provider answers every purchase by 429',
    fires: ['GreenlightProviderRateLimited'],
    async begin(stage) {
      stage.base.simulator.setFaults([{ match: {}, fault: { kind: 'status', status: 429, retry_after: 1 } }])
      await approvedJob(stage, 10)
      return undefined
    },
    mend: heal,
  },
  {
    what: 'a job of 100 scenes of 8 s is approved',
    fires: ['GreenlightSpendingFast'],
    async begin(stage) {
      stage.base.simulator.setFaults([{ match: {}, fault: { kind: 'hang' } }])
      await approvedJob(stage, 100, 8)
      return undefined
    },
    mend: heal,
  },
  {
    what: 'a purchase of which nobody knows the outcome (its row is set to unknown)',
    fires: ['GreenlightPurchaseUnknown'],
    async begin({ db }) {
      const { id } = await db.prediction.findFirstOrThrow({ where: { state: 'succeeded' } })
      await db.prediction.update({ where: { id }, data: { state: 'unknown' } })
      return undefined
    },
    async mend({ db }) {
      await db.prediction.updateMany({ where: { state: 'unknown' }, data: { state: 'succeeded' } })
    },
  },
  {
    what: 'the worker runs an ffmpeg that fails',
    fires: ['GreenlightMediaFailing'],
    async begin(stage) {
      await stage.worker.process.end()
      await stage.worker.start({ FFMPEG_PATH: await failingFfmpeg(stage) })
      for (let n = 0; n < 3; n++) await approvedJob(stage, 2)
      return undefined
    },
    async mend({ worker }) {
      await worker.process.kill()
    },
  },
  {
    what: 'kill -9 of the only worker, while people ask what workflows are doing',
    fires: ['GreenlightProcessDown', 'GreenlightQueueUnserved', 'GreenlightApiErrors', 'GreenlightApiSlow'],
    async begin({ api }) {
      return () => Promise.all([1, 2, 3].map(() => api.get('/jobs/1/workflow')))
    },
    async mend({ worker }) {
      await worker.start()
    },
  },
]
