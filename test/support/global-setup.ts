/** Runs once before all tests: the tools are fetched here, or every fork would fetch its own. */
import { findTool } from '../../toolchain/index.ts'

export default async function setup(): Promise<void> {
  for (const name of ['temporal', 'temporal-test-server', 'ffmpeg', 'ffprobe'] as const) await findTool(name)
}
