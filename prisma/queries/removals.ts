/**
 * Deleting: what is in the way, and which blobs the rows named. Jobs, campaigns and clients are hidden rather than
 * removed, because the ledger of what was spent refers to them; assets are removed. Each is one transaction, so what
 * begins at the same moment either comes first and is in the way, or finds nothing any more.
 */
import { OPEN_REVISION_STATES } from '../../domain/revision.ts'
import { JobSettings } from '../../domain/settings.ts'
import type { Database, Prisma } from '../client.ts'
import type { Asset, Job } from '../generated/client.ts'
import { namedHashes } from './blob-references.ts'
import { oweDelivery } from './deliveries.ts'
import { recordEvent } from './progress.ts'
import { showing } from './rendered-transitions.ts'
import type { SceneChanges } from './revisions.ts'

type Tx = Prisma.TransactionClient

export type Removal =
  /** `blobs`: what the rows named, and others may name too. */
  | { outcome: 'removed'; blobs: NamedBlob[] }
  | { outcome: 'unknown' }
  /** `jobs`: ids of those that need it. */
  | { outcome: 'needed'; jobs: number[] }

export interface NamedBlob {
  hash: string
  /** When the row that named it was last written, so the blob is older than that. */
  before: Date
}

const UNKNOWN: Removal = { outcome: 'unknown' }
const RUNNING = { in: ['approved', 'processing'] }
/** A completed job of which more is made runs too. */
const BUSY: Prisma.JobWhereInput = {
  OR: [
    { status: RUNNING },
    { audioStatus: 'processing' },
    { revisions: { some: { state: { in: OPEN_REVISION_STATES } } } },
  ],
}

/** Removes an asset, unless a job that has not ended uses it. */
export function removeAsset(db: Database, id: string): Promise<Removal> {
  return db.$transaction(async (tx) => {
    const asset = await tx.asset.findUnique({ where: { id } })
    return asset ? removeAssets(tx, [asset]) : UNKNOWN
  })
}

/** Hides a campaign and removes its assets, unless it has jobs, or jobs of other campaigns use its assets. */
export function removeCampaign(db: Database, id: string): Promise<Removal> {
  return db.$transaction(async (tx) => {
    if (!(await tx.campaign.findUnique({ where: { id, deletedAt: null } }))) return UNKNOWN
    const jobs = await visibleJobs(tx, { campaignId: id })
    if (jobs.length > 0) return { outcome: 'needed', jobs }
    const removal = await removeAssets(tx, await tx.asset.findMany({ where: { campaignId: id } }))
    if (removal.outcome === 'removed') {
      await tx.campaign.update({ where: { id }, data: { deletedAt: new Date() } })
    }
    return removal
  })
}

/** Hides a client with its campaigns, removes its assets and revokes its keys, unless it has jobs. */
export function removeClient(db: Database, id: string): Promise<Removal> {
  return db.$transaction(async (tx) => {
    if (!(await tx.client.findUnique({ where: { id, deletedAt: null } }))) return UNKNOWN
    const jobs = await visibleJobs(tx, { OR: [{ clientId: id }, { campaign: { clientId: id } }] })
    if (jobs.length > 0) return { outcome: 'needed', jobs }
    // What stands in another client's campaign is that client's, whoever it was added for.
    const owned = await tx.asset.findMany({
      where: { OR: [{ clientId: id, campaignId: null }, { campaign: { clientId: id } }] },
    })
    const removal = await removeAssets(tx, owned)
    if (removal.outcome === 'removed') {
      const deletedAt = new Date()
      await tx.campaign.updateMany({ where: { clientId: id, deletedAt: null }, data: { deletedAt } })
      await tx.apiKey.updateMany({ where: { clientId: id, revokedAt: null }, data: { revokedAt: deletedAt } })
      await tx.client.update({ where: { id }, data: { deletedAt } })
    }
    return removal
  })
}

/**
 * Hides a job and forgets its film, clips, music, notes and how it was written. One that waits for approval is canceled with it: its workflow is
 * then still to be told. One that runs is in its own way.
 */
export function removeJob(db: Database, id: number, by: string): Promise<Removal> {
  return db.$transaction(async (tx) => {
    const job = await tx.job.findUnique({ where: { id, deletedAt: null } })
    if (!job) return UNKNOWN
    if ((await visibleJobs(tx, { id, ...BUSY })).length > 0) return { outcome: 'needed', jobs: [id] }
    const blobs = await blobsOfJob(tx, job)
    await tx.renderedTransition.deleteMany({ where: showing(await clipsOfJob(tx, id)) })
    await tx.audioSegment.deleteMany({ where: { jobId: id } })
    await tx.scene.updateMany({
      where: { jobId: id },
      data: { clipHash: null, clipThumbnailHash: null, voiceHash: null },
    })
    await tx.take.deleteMany({ where: { scene: { jobId: id } } })
    await tx.rendition.deleteMany({ where: { jobId: id } })
    await tx.note.deleteMany({ where: { jobId: id } })
    await tx.storyboardExchange.deleteMany({ where: { jobId: id } })
    await tx.jobPhoto.deleteMany({ where: { jobId: id } })
    await tx.revision.updateMany({
      where: { jobId: id },
      data: { stitchedHash: null, stitchedSoundHash: null, videoHash: null, thumbnailHash: null, audioHash: null },
    })
    await tx.job.update({
      where: { id },
      data: {
        deletedAt: new Date(),
        ...{ videoHash: null, stitchedHash: null, stitchedSoundHash: null, thumbnailHash: null, audioHash: null },
        ...(job.status === 'pending' && {
          status: 'failed',
          stage: 'canceled',
          error: `Deleted by ${by}`,
          canceledAt: new Date(),
          canceledBy: by,
        }),
      },
    })
    await recordEvent(tx, id, 'deleted', { by })
    if (job.status === 'pending') await oweDelivery(tx, id, 'job.canceled')
    return { outcome: 'removed', blobs }
  })
}

async function removeAssets(tx: Tx, assets: Asset[]): Promise<Removal> {
  const jobs = await jobsUsing(tx, assets)
  if (jobs.length > 0) return { outcome: 'needed', jobs }
  await tx.asset.deleteMany({ where: { id: { in: assets.map(({ id }) => id) } } })
  const blobs = assets.flatMap(({ blobHash, thumbnailHash, updatedAt }) =>
    namedHashes({ blobHash, thumbnailHash }).map((hash) => ({ hash, before: updatedAt })),
  )
  return { outcome: 'removed', blobs }
}

/** Jobs that have not ended and show one of these pictures, play one of these sounds, or are about to choose. */
async function jobsUsing(tx: Tx, assets: Asset[]): Promise<number[]> {
  const ids = new Set(assets.map(({ id }) => id))
  const owners = {
    clients: assets.flatMap(({ clientId }) => clientId ?? []),
    campaigns: assets.flatMap(({ campaignId }) => campaignId ?? []),
  }
  const live = await tx.job.findMany({
    where: {
      deletedAt: null,
      AND: [
        { OR: [{ status: 'pending' }, BUSY] },
        { OR: [{ clientId: { in: owners.clients } }, { campaignId: { in: owners.campaigns } }] },
      ],
    },
    select: {
      id: true,
      campaignId: true,
      storyboardVersion: true,
      settings: true,
      scenes: { select: { firstAssetId: true, lastAssetId: true } },
      revisions: {
        where: { state: { in: OPEN_REVISION_STATES } },
        select: { scenes: { select: { changes: true } } },
      },
    },
    orderBy: { id: 'asc' },
  })
  const uses = ({ campaignId, storyboardVersion, settings, scenes, revisions }: (typeof live)[number]) => {
    const { music, assetIds } = JobSettings.parse(settings)
    const mayBeChosen = assetIds ? assetIds.some((id) => ids.has(id)) : owners.campaigns.includes(campaignId)
    const changed = revisions.flatMap((revision) => revision.scenes.map(({ changes }) => changes as SceneChanges))
    return (
      (storyboardVersion === 0 && mayBeChosen) ||
      ids.has(music.assetId ?? '') ||
      [...scenes, ...changed].some(
        ({ firstAssetId, lastAssetId }) => ids.has(firstAssetId ?? '') || ids.has(lastAssetId ?? ''),
      )
    )
  }
  return live.filter(uses).map(({ id }) => id)
}

async function visibleJobs(tx: Tx, which: Prisma.JobWhereInput): Promise<number[]> {
  const jobs = await tx.job.findMany({
    where: { AND: [which, { deletedAt: null }] },
    select: { id: true },
    orderBy: { id: 'asc' },
  })
  return jobs.map(({ id }) => id)
}

async function clipsOfJob(tx: Tx, jobId: number): Promise<string[]> {
  const scenes = await tx.scene.findMany({ where: { jobId }, select: { clipHash: true } })
  const takes = await tx.take.findMany({ where: { scene: { jobId } }, select: { clipHash: true } })
  return [...scenes, ...takes].flatMap(namedHashes)
}

async function blobsOfJob(tx: Tx, job: Job): Promise<NamedBlob[]> {
  const { id, videoHash, stitchedHash, stitchedSoundHash, thumbnailHash, audioHash, updatedAt } = job
  const scenes = await tx.scene.findMany({
    where: { jobId: id },
    select: { clipHash: true, clipThumbnailHash: true, voiceHash: true },
  })
  const segments = await tx.audioSegment.findMany({
    where: { jobId: id },
    select: { blobHash: true, tailHash: true },
  })
  const takes = await tx.take.findMany({
    where: { scene: { jobId: id } },
    select: { clipHash: true, thumbnailHash: true },
  })
  const revisions = await tx.revision.findMany({
    where: { jobId: id },
    select: { stitchedHash: true, stitchedSoundHash: true, videoHash: true, thumbnailHash: true, audioHash: true },
  })
  // Made when somebody asked for them, which changes nothing of the job.
  const renditions = await tx.rendition.findMany({ where: { jobId: id }, select: { hash: true, insertedAt: true } })
  const transitions = await tx.renderedTransition.findMany({
    where: showing(await clipsOfJob(tx, id)),
    select: { blobHash: true },
  })
  const rows = [
    ...transitions,
    { videoHash, stitchedHash, stitchedSoundHash, thumbnailHash, audioHash },
    ...scenes,
    ...segments,
    ...takes,
    ...revisions,
  ]
  return [
    ...rows.flatMap(namedHashes).map((hash) => ({ hash, before: updatedAt })),
    ...renditions.map(({ hash, insertedAt }) => ({ hash, before: insertedAt })),
  ]
}
