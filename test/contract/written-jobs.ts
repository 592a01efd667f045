/** The API with somebody who writes storyboards as soon as a job is created, as a worker does. No Temporal. */
import { MockActivityEnvironment } from '@temporalio/testing'
import { DefaultLogger } from '@temporalio/worker'
import type { ActivityDeps } from '../../activities/deps.ts'
import { writeStoryboard } from '../../activities/write-storyboard.ts'
import { advanceJob } from '../../prisma/queries/progress.ts'
import type { StoryboardWriter } from '../../providers/ports.ts'
import { createTemplateWriter } from '../../providers/storyboard-template.ts'
import { type JobApi, startJobApi } from '../api/sample-jobs.ts'

export type WrittenJobs = Awaited<ReturnType<typeof startWrittenJobs>>

export async function startWrittenJobs(env: Record<string, string> = {}) {
  let writer: StoryboardWriter | null = createTemplateWriter()
  const api: JobApi = await startJobApi(env, {
    async start(jobId) {
      if (!writer) return
      const deps = { ...api.deps, storyboardWriter: writer, tempDir: api.folder } as unknown as ActivityDeps
      const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') })
      await environment.run(writeStoryboard(deps), { jobId }).catch(async (error: Error) => {
        await api.db.$transaction((tx) => advanceJob(tx, jobId, 'failed', { error: error.message }))
      })
    },
  })
  return {
    ...api,
    /** Who writes the next ones; null: nobody. */
    letWrite: (next: StoryboardWriter['write'] | 'the template' | null) => {
      writer = next === 'the template' ? createTemplateWriter() : next && { write: next }
    },
  }
}
