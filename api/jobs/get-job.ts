import { createRoute, z } from '@hono/zod-openapi'
import { JobSettings } from '../../domain/settings.ts'
import type { Db } from '../../prisma/client.ts'
import { readBoughtAlready, readBoughtInFull } from '../../prisma/queries/bought-already.ts'
import { listJobPhotos } from '../../prisma/queries/job-photos.ts'
import type { Job, JobWithScenes } from '../../prisma/queries/jobs.ts'
import { priceAtMost } from '../../prisma/queries/price-at-most.ts'
import { newestRevision } from '../../prisma/queries/revisions.ts'
import { asWantedLast } from '../../prisma/queries/scene-revisions.ts'
import { spentMicroUsd } from '../../prisma/queries/spending.ts'
import { videoVersion } from '../../prisma/queries/video-version.ts'
import { finalizeMicroUsd, retryMicroUsd } from '../../providers/estimate.ts'
import type { ApiDeps } from '../deps.ts'
import { jobIdParam } from '../fields.ts'
import { keepWhileUnchanged } from '../read-cache.ts'
import { json, jsonText, plainRefusals, sendJsonText } from '../responses.ts'
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
  responses: { 200: json(JobJson, 'The job'), ...plainRefusals({ 404: 'Job not found' }) },
})

export function getJob({ db, changes }: ApiDeps) {
  // Frontends ask every second or two, and mostly nothing has changed.
  const shown = keepWhileUnchanged(changes, async (id: number) => {
    const job = await requireJob(db, id)
    const [spent, revision, version, retrying, finalizing, photos] = await Promise.all([
      spentMicroUsd(db, { jobId: id }),
      newestRevision(db, id),
      videoVersion(db, job),
      job.status === 'failed' ? retryCost(db, job) : null,
      isDraft(job) ? finalizeAtMost(db, job) : null,
      listJobPhotos(db, id),
    ])
    const costs = {
      spentMicroUsd: spent,
      retryMicroUsd: retrying,
      finalizeMicroUsd: finalizing,
    }
    const body = jsonText(jobJson(job, { ...costs, revision, videoVersion: version, photos }))
    return { body, version: job.storyboardVersion }
  })
  return endpoint(route, async (c) => {
    const { body, version } = await shown(c.req.valid('param').id)
    sendVersion(c, version)
    return sendJsonText(c, body)
  })
}

const isDraft = ({ settings }: Job) => JobSettings.parse(settings).quality === 'draft'

const retryCost = async (db: Db, job: JobWithScenes) =>
  retryMicroUsd(await asWantedLast(db, job), await readBoughtAlready(db, job))

async function finalizeAtMost(db: Db, job: JobWithScenes): Promise<number> {
  const bought = await readBoughtInFull(db, job.id)
  return priceAtMost(db, job, (row) => finalizeMicroUsd(row, bought) ?? 0)
}
