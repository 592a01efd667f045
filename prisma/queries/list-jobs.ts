/** Lists of jobs, newest first. */
import { JOB_STATUSES, type JobStatus } from '../../domain/job.ts'
import type { Database, Prisma } from '../client.ts'
import type { Job, JobWithScenes, Scene } from './jobs.ts'
import type { Revision } from './revisions.ts'
import { spentMicroUsdByJob } from './spending.ts'

export interface JobFilter {
  status?: string
  stage?: string
  campaignId?: string
  clientId?: string
  /** Part of the video's or the campaign's name, or the job's id. */
  q?: string
}

export type ListedJob = Job & {
  scenes: ListedScene[]
  campaign: { name: string }
  revisions: Revision[]
  /** What the ledger says was bought. */
  spentMicroUsd: number
}
type ListedScene = Pick<Scene, keyof typeof LISTED_SCENE>

/** Whole scenes, of which a page has a hundred, took a third of the time of a list. */
const LISTED_SCENE = {
  id: true,
  position: true,
  firstAssetId: true,
  clipThumbnailHash: true,
  voiceError: true,
} as const

/**
 * One page, and how many jobs match in all. It begins after the job `after`, so a job that is created meanwhile neither
 * repeats nor hides another.
 */
export async function listJobs(
  db: Database,
  filter: JobFilter,
  { limit, after }: { limit: number; after: number | null },
): Promise<{ jobs: ListedJob[]; total: number }> {
  const where = await whereOf(db, filter)
  const jobs = await db.job.findMany({
    where: { AND: [where, after === null ? {} : { id: { lt: after } }] },
    include: {
      scenes: { select: LISTED_SCENE, orderBy: { position: 'asc' } },
      campaign: { select: { name: true } },
      revisions: { orderBy: { number: 'desc' }, take: 1 },
    },
    orderBy: { id: 'desc' },
    take: limit,
  })
  const [total, spent] = await Promise.all([
    // What a search looks at is every job: not once more to count those that are all here.
    after === null && jobs.length < limit ? jobs.length : db.job.count({ where }),
    spentMicroUsdByJob(
      db,
      jobs.map(({ id }) => id),
    ),
  ])
  return { jobs: jobs.map((job) => ({ ...job, spentMicroUsd: spent.get(job.id) ?? 0 })), total }
}

/** How many jobs have each status. */
export async function countJobs(
  db: Database,
  filter: Omit<JobFilter, 'status' | 'stage'>,
): Promise<Record<JobStatus, number>> {
  const rows = await db.job.groupBy({ by: ['status'], where: await whereOf(db, filter), _count: true })
  const counts = new Map(rows.map(({ status, _count }) => [status, _count]))
  return Object.fromEntries(JOB_STATUSES.map((status) => [status, counts.get(status) ?? 0])) as Record<
    JobStatus,
    number
  >
}

async function whereOf(db: Database, { q, ...exact }: JobFilter): Promise<Prisma.JobWhereInput> {
  return { ...exact, deletedAt: null, ...(q && { OR: await matching(db, q) }) }
}

/** Of more, each job's own is looked at: a query takes only so many values. */
const MOST_CAMPAIGNS = 500

/** Campaigns are looked for first: to go from every job to its own took twice as long as all the rest of a search. */
async function matching(db: Database, q: string): Promise<Prisma.JobWhereInput[]> {
  const id = /^#?(\d{1,9})$/.exec(q)?.[1]
  const name = { contains: literally(q) }
  const found = await db.campaign.findMany({ where: { name }, select: { id: true }, take: MOST_CAMPAIGNS + 1 })
  const campaigns =
    found.length > MOST_CAMPAIGNS ? { campaign: { name } } : { campaignId: { in: found.map((one) => one.id) } }
  return [{ videoName: name }, ...(found.length > 0 ? [campaigns] : []), ...(id ? [{ id: Number(id) }] : [])]
}

/** `contains` is LIKE, to which % and _ mean more than themselves. */
const literally = (text: string) => text.replace(/[\\%_]/g, '\\$&')

/** Completed jobs with a video. */
export async function listFilms(
  db: Database,
  filter: { id?: number; campaignId?: string; clientId?: string },
  { limit, offset }: { limit: number; offset: number },
): Promise<{ jobs: JobWithScenes[]; total: number }> {
  const where = { ...filter, deletedAt: null, status: 'completed', videoHash: { not: null } }
  const [total, jobs] = await Promise.all([
    db.job.count({ where }),
    db.job.findMany({
      where,
      include: { scenes: { orderBy: { position: 'asc' } } },
      orderBy: { id: 'desc' },
      take: limit,
      skip: offset,
    }),
  ])
  return { jobs, total }
}
