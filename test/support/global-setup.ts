/** Runs once before all tests: what every fork would fetch or make for itself. */
import { workflowBundle } from '../../temporal/workflow-bundle.ts'
import { findTool } from '../../toolchain/index.ts'

export default async function setup(): Promise<void> {
  const tools = ['temporal', 'temporal-test-server', 'ffmpeg', 'ffprobe', 'weed'] as const
  for (const name of tools) await findTool(name)
  await workflowBundle()
}
