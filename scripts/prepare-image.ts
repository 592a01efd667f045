/** For the Dockerfile: brings what a process would fetch or make when it first starts, so that a container starts without a network. */
import { workflowBundle } from '../temporal/workflow-bundle.ts'
import { findTool } from '../toolchain/index.ts'

for (const name of ['ffmpeg', 'ffprobe'] as const) {
  const { version, source } = await findTool(name)
  console.log(`${name} ${version} from ${source}`)
}
await workflowBundle()
