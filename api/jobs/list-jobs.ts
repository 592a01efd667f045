import { createRoute, z } from '@hono/zod-openapi'
import { JOB_STAGES, JOB_STATUSES } from '../../domain/job.ts'
import { countJobs, type ListedJob, listJobs as readJobs } from '../../prisma/queries/list-jobs.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError } from '../errors.ts'
import { blankless, boolean, campaignFilter, clientFilter, numeric, ownerFilter } from '../fields.ts'
import { EXAMPLES } from '../ids.ts'
import { json, plainRefusals, shownLimit, total } from '../responses.ts'
import { endpoint } from '../router.ts'
import { isStorable, NOT_STORABLE } from '../storable-text.ts'
import { JobJson, jobSummaryJson } from './job-json.ts'

const LIMIT = 25
const AT_MOST = 100

const Filters = z.object({
  status: blankless(z.enum(JOB_STATUSES, { error: `must be one of ${JOB_STATUSES.join(', ')}` }).optional()),
  stage: blankless(z.enum(JOB_STAGES, { error: `must be one of ${JOB_STAGES.join(', ')}` }).optional()),
  ...campaignFilter,
  ...clientFilter,
  q: blankless(
    z
      .string()
      .trim()
      .max(200, { error: 'has more than 200 characters' })
      .refine(isStorable, { error: NOT_STORABLE })
      .optional(),
  ).openapi({
    type: 'string',
    description: "Part of the video's or the campaign's name, or the job's id",
  }),
  limit: numeric(
    z
      .number({ error: 'must be a number' })
      .int({ error: 'must be a whole number' })
      .min(1, { error: 'must be 1 at least' })
      .default(LIMIT)
      .transform((limit) => Math.min(limit, AT_MOST)),
  ).openapi({ type: 'integer' }),
  counts: boolean(z.boolean().optional()).openapi({
    type: 'boolean',
    description: 'Whether meta tells of every status how many jobs have it, whatever status and stage are asked for',
  }),
  cursor: blankless(z.string().optional()).openapi({
    type: 'string',
    description: 'meta.next_cursor of the page before',
  }),
})

const ListedJobJson = JobJson.omit({
  storyboard: true,
  parameters: true,
  video_model: true,
  asset_ids: true,
  frame_rate: true,
  video_version: true,
  retry_cost: true,
  finalize_cost: true,
  budget_usd: true,
  budget_override: true,
})
  .extend({
    campaign_name: z.string().openapi({ example: 'Lakeside' }),
    scene_count: z.int().openapi({ example: 1 }),
    has_video: z.boolean().openapi({ example: false }),
    thumbnail_url: z.string().nullable().openapi({ example: null }),
    picture_url: z
      .string()
      .nullable()
      .openapi({
        description:
          'What stands for the job: of its film, else of its first scene, else the photo that it begins with',
        example: `/api/v3/assets/${EXAMPLES.assets[0]}/thumbnail`,
      }),
  })
  .openapi('ListedJob')

const Counts = z
  .object({ pending: z.int(), approved: z.int(), processing: z.int(), completed: z.int(), failed: z.int() })
  .openapi('JobCounts', { example: { pending: 1, approved: 0, processing: 0, completed: 0, failed: 0 } })

const Page = z
  .object({
    data: z.array(ListedJobJson),
    meta: z.object({
      total,
      limit: shownLimit,
      next_cursor: z.string().nullable().openapi({ description: 'Null on the last page', example: null }),
      counts: Counts.optional(),
    }),
  })
  .openapi('Jobs')

const route = createRoute({
  method: 'get',
  path: '/jobs',
  tags: ['Jobs'],
  summary: 'Jobs, newest first',
  request: { query: Filters },
  responses: { 200: json(Page, 'One page of those that match'), ...plainRefusals({ 400: 'A filter is wrong' }) },
})

export function listJobs({ db }: ApiDeps) {
  return endpoint(route, async (c) => {
    const { status, stage, q, limit, cursor, counts: isCounted, ...query } = c.req.valid('query')
    const anyStatus = { ...ownerFilter(query), q }
    const after = readCursor(cursor)
    const [{ jobs, total }, counts] = await Promise.all([
      // One more than is shown tells whether there is another page.
      readJobs(db, { status, stage, ...anyStatus }, { limit: limit + 1, after }),
      isCounted ? countJobs(db, anyStatus) : undefined,
    ])
    const shown = jobs.slice(0, limit)
    const last = shown.at(-1)
    const next_cursor = jobs.length > limit && last ? writeCursor(last.id) : null
    const data = shown.map(listedJobJson)
    return c.json({ data, meta: { total, limit, next_cursor, counts } }, 200)
  })
}

function listedJobJson(job: ListedJob): z.infer<typeof ListedJobJson> {
  return {
    ...jobSummaryJson(job, job.spentMicroUsd, job.revisions[0] ?? null),
    campaign_name: job.campaign.name,
    scene_count: job.scenes.length,
    has_video: job.status === 'completed' && job.videoHash !== null,
    picture_url: pictureOf(job),
    thumbnail_url: job.thumbnailHash ? `/api/v3/videos/${job.id}/thumbnail` : null,
  }
}

function pictureOf({ id, thumbnailHash, scenes: [first] }: ListedJob): string | null {
  if (thumbnailHash) return `/api/v3/videos/${id}/thumbnail`
  if (first?.clipThumbnailHash) return `/api/v3/videos/${id}/clips/clip_${first.id}.mp4/thumbnail`
  return first?.firstAssetId ? `/api/v3/assets/${first.firstAssetId}/thumbnail` : null
}

const writeCursor = (jobId: number) => Buffer.from(`job:${jobId}`).toString('base64url')

/** @throws ApiError 400 for what no page gave */
function readCursor(cursor: string | undefined): number | null {
  if (cursor === undefined) return null
  const id = /^job:(\d{1,10})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1]
  if (!id) throw new ApiError(400, 'cursor must be the next_cursor of the page before')
  return Number(id)
}
