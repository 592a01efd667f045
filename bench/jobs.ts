/**
 * What a job costs beside what it pays for: bench/jobs/latency.ts measures time, bench/jobs/waiting.ts memory. Ours and the
 * baseline take turns in the same run, and medians are compared.
 */
import { benchLatency } from './jobs/latency.ts'
import { startRig } from './jobs/rig.ts'
import { benchWaiting } from './jobs/waiting.ts'

const SCENES = 4

export async function benchJobs(): Promise<void> {
  const rig = await startRig(SCENES)
  try {
    // Before there are a thousand jobs: the server has nothing else to do then.
    await benchLatency(rig, SCENES)
    await benchWaiting(rig)
  } finally {
    await rig.stop()
  }
}
