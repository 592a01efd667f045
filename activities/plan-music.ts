/** What is bought for the music under a scene: a segment that continues the one before. */
import { readFile } from 'node:fs/promises'
import { JobSettings } from '../domain/settings.ts'
import type { JobWithScenes, Scene } from '../prisma/queries/jobs.ts'
import { musicSettingsOf } from '../prisma/queries/soundtracks.ts'
import { buildMusic, musicModel, musicPriceMicroUsd } from '../providers/music-models.ts'
import { seedFromToken } from '../providers/purchase-token.ts'
import type { ActivityDeps } from './deps.ts'
import { musicSeconds } from './music-seconds.ts'
import { sceneAt } from './scene-of.ts'
import type { PlannedPurchase } from './submit-prediction.ts'
import { inTempFolder } from './temp-folder.ts'

export async function planMusic(
  deps: ActivityDeps,
  job: JobWithScenes,
  { position, soundtrack = 1 }: { position: number; soundtrack?: number },
): Promise<PlannedPurchase> {
  const scene = sceneAt(job, position)
  const settings = { ...JobSettings.parse(job.settings), music: await musicSettingsOf(deps.db, job, soundtrack) }
  const model = musicModel(settings.music.model)
  const before = await deps.db.audioSegment.findUnique({
    where: { jobId_soundtrack_position: { jobId: job.id, soundtrack, position: position - 1 } },
  })
  const continued = before?.tailHash ? (before.tailDuration ?? 0) : 0
  // The provider counts the continued part in the duration, and takes whole seconds.
  const newSeconds = musicSeconds(job, position)
  const seconds = Math.ceil(continued + newSeconds)
  return {
    sceneId: null,
    soundtrack,
    model: model.model,
    seconds,
    priceMicroUsd: musicPriceMicroUsd(),
    async build(token) {
      const tail = before?.tailHash ? await deliverTail(deps, before, before.tailHash, token) : null
      const order = buildMusic(model, {
        prompt: musicPrompt(settings, scene),
        durationSeconds: newSeconds,
        seed: seedFromToken(token),
        continuation: tail ? { url: tail, durationSeconds: continued } : null,
      })
      return { ...order, marker: token }
    },
  }
}

function musicPrompt({ music, musicGenre, style }: JobSettings, scene: Scene): string {
  const energy = scene.musicEnergy ? `${scene.musicEnergy} energy` : null
  const parts = [music.prompt, scene.musicDescription, scene.musicStyle ?? musicGenre ?? style, energy]
  return parts.filter(Boolean).join(', ') || 'Warm instrumental background music, steady tempo, no vocals'
}

/** The end of the segment before, where the provider can fetch it for as long as AUDIO_SEGMENT_TTL says. */
async function deliverTail(
  { config, db, blobs, provider, tempDir }: ActivityDeps,
  segment: { id: string; token: string },
  hash: string,
  predictionToken: string,
): Promise<string> {
  if (config.assetDelivery === 'upload') {
    return inTempFolder(tempDir, async (folder) => {
      // Not openAsBlob: a file that several steps share is marked as used meanwhile, and that ends a process which sends it so.
      const bytes = new Blob([await readFile(await blobs.localFile(hash, folder))])
      return provider.upload({ bytes, name: 'continue-from.wav', contentType: 'audio/wav' })
    })
  }
  const expiresAt = new Date(Date.now() + config.audio.segmentTtlSeconds * 1000)
  await db.audioSegment.update({ where: { id: segment.id }, data: { expiresAt } })
  const url = new URL(`${config.http.publicBaseUrl}/api/v3/audio/segments/${segment.token}`)
  url.searchParams.set('t', predictionToken)
  return url.href
}
