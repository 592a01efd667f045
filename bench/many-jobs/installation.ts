/** A server with so many jobs, of which some wait for approval in real workflows. */
import { fillWithJobs, type JobState } from '../fill-with-jobs.ts'
import { type Rig, startRig } from '../jobs/rig.ts'

const SCENES = 4

export interface Contents {
  decided: number
  /** Of those, by id. */
  stateOf(id: number): JobState
  waiting: number
}

export interface Installation {
  rig: Rig
  /** Of the decided ones. */
  campaigns: string[]
  clientId: string
  decided: number
  /** Ids of those that wait. */
  waiting: number[]
}

export async function install(rows: 'sqlite' | 'postgres', contents: Contents): Promise<Installation> {
  const { decided, waiting, stateOf } = contents
  const rig = await startRig(SCENES, rows)
  try {
    const campaigns = await fillWithJobs(rig, decided, stateOf)
    const { clientId } = await rig.db.campaign.findUniqueOrThrow({ where: { id: campaigns[0] } })
    // Not with the sweep, which would end what renders without a workflow.
    const worker = await rig.start('bench/jobs/worker.ts')
    const ids = await rig.waitingJobs(waiting)
    await worker.end()
    return { rig, campaigns, clientId, decided, waiting: ids }
  } catch (error) {
    await rig.stop()
    throw error
  }
}
