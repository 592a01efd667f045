/** `npm run bench -- [name …] [--option …]`: each benchmark measures ours and a baseline in the same run, and tells the ratio. */
import { run } from '../runtime/main.ts'
import { benchApi } from './api.ts'
import { benchJobs } from './jobs.ts'
import { benchManyJobs } from './many-jobs.ts'
import { benchMedia } from './media.ts'
import { benchStudio } from './studio.ts'
import { benchThroughput } from './throughput.ts'

const BENCHES: Record<string, (options: string[]) => Promise<void>> = {
  api: benchApi,
  jobs: benchJobs,
  'many-jobs': benchManyJobs,
  media: benchMedia,
  studio: benchStudio,
  throughput: benchThroughput,
}

run(async () => {
  const named = process.argv.slice(2).filter((word) => !word.startsWith('--'))
  const options = process.argv.slice(2).filter((word) => word.startsWith('--'))
  const unknown = named.filter((name) => !(name in BENCHES))
  if (unknown.length > 0)
    throw new Error(`Unknown: ${unknown.join(', ')}. There are: ${Object.keys(BENCHES).join(', ')}.`)
  for (const name of named.length > 0 ? named : Object.keys(BENCHES)) {
    console.log(`\n# ${name}`)
    await BENCHES[name]?.(options)
  }
})
