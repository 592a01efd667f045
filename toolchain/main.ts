/** `npm run tools`: finds or fetches every program, and says which ones are used. */
import type { ToolName } from './index.ts'
import { findTool } from './index.ts'

const names: ToolName[] = ['temporal', 'temporal-test-server', 'ffmpeg', 'ffprobe', 'weed']
for (const name of names) {
  try {
    const { version, source, path, note } = await findTool(name)
    console.log(`${name} ${version}  from ${source}  ${path}${note ? `\n  ${note}` : ''}`)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
