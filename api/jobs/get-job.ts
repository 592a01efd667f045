import { createRoute, z } from '@hono/zod-openapi'
import { spentMicroUsd } from '../../prisma/queries/spending.ts'
import type { ApiDeps } from '../deps.ts'
import { jobIdParam } from '../fields.ts'
import { json, plainRefusals } from '../responses.ts'
import { endpoint } from '../router.ts'
import { JobJson, jobJson } from './job-json.ts'
import { requireJob } from './require-job.ts'
import { sendVersion } from './storyboard-version.ts'

const route = createRoute({
  method: 'get',
  path: '/jobs/{id}',
  tags: ['Jobs'],
  summary: 'A job: what it is to do, how far it is, what failed',
  request: { params: z.object({ id: jobIdParam }) },
  responses: { 200: json(JobJson, 'The job'), ...plainRefusals({ 404: 'Unknown job' }) },
})

export function getJob({ db }: ApiDeps) {
  return endpoint(route, async (c) => {
    const job = await requireJob(db, c.req.valid('param').id)
    sendVersion(c, job.storyboardVersion)
    return c.json(jobJson(job, await spentMicroUsd(db, { jobId: job.id })), 200)
  })
}
