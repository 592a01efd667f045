/** Copying a job: its wishes and its storyboard as they are, nothing of what became of them. */
import type { Database, Prisma } from '../client.ts'
import { oweDelivery } from './deliveries.ts'
import { noteCreatedJob } from './idempotent-requests.ts'
import { copyJobPhotos } from './job-photos.ts'
import { assertRoomForJob, type Job, type JobWithScenes, nextVideoName } from './jobs.ts'
import { recordEvent } from './progress.ts'

/**
 * Inserts a pending job with the same storyboard. Both are there at once, so its workflow finds nothing to write.
 * @param estimates what each of its scenes is estimated to cost today, in micro-USD
 * @param requestId the IdempotentRequest that asks for it
 * @param maxOpenJobs how many jobs its client may have that have not ended
 * @throws CampaignGone, TooManyOpenJobs
 */
export function copyJob(
  db: Database,
  original: JobWithScenes,
  estimates: readonly number[],
  requestId?: string,
  maxOpenJobs: number | null = null,
): Promise<Job> {
  const { type, campaignId, clientId, callbackUrl, budgetCents } = original
  const estimateMicroUsd = estimates.reduce((sum, one) => sum + one, 0)
  const source = `copy of job ${original.id}`
  return db.$transaction(async (tx) => {
    await assertRoomForJob(tx, clientId, maxOpenJobs)
    const job = await tx.job.create({
      data: {
        ...{ type, campaignId, clientId, callbackUrl, budgetCents, estimateMicroUsd },
        videoName: await nextVideoName(tx, original),
        parameters: original.parameters as Prisma.InputJsonObject,
        settings: original.settings as Prisma.InputJsonObject,
        copiedFromId: original.id,
        storyboardVersion: 1,
        storyboardSource: source,
      },
    })
    await tx.scene.createMany({
      data: original.scenes.map((scene, n) => ({
        jobId: job.id,
        position: scene.position,
        title: scene.title,
        description: scene.description,
        prompt: scene.prompt,
        duration: scene.duration,
        model: scene.model,
        variants: scene.variants,
        transition: scene.transition,
        transitionDuration: scene.transitionDuration,
        sceneType: scene.sceneType,
        cameraMovement: scene.cameraMovement,
        motionGoal: scene.motionGoal,
        firstAssetId: scene.firstAssetId,
        lastAssetId: scene.lastAssetId,
        musicDescription: scene.musicDescription,
        musicStyle: scene.musicStyle,
        musicEnergy: scene.musicEnergy,
        overlays: scene.overlays ?? undefined,
        caption: scene.caption,
        voiceOver: scene.voiceOver,
        keepClipAudio: scene.keepClipAudio,
        estimateMicroUsd: estimates[n],
      })),
    })
    await copyJobPhotos(tx, original.id, job.id)
    await recordEvent(tx, job.id, 'created', { type, copied_from: original.id })
    await recordEvent(tx, job.id, 'storyboard', { version: 1, source })
    await oweDelivery(tx, job.id, 'job.awaiting_approval')
    if (requestId) await noteCreatedJob(tx, requestId, job.id)
    return job
  })
}
