/** Runs once before all tests: what every fork would fetch or make for itself. */
import { workflowBundle } from '../../temporal/workflow-bundle.ts'
import { findTool } from '../../toolchain/index.ts'

export default async function setup(): Promise<void> {
  for (const name of ['temporal', 'temporal-test-server', 'ffmpeg', 'ffprobe'] as const) await findTool(name)
  await workflowBundle()
}
