/** What will be paid, from what will really be rendered, in micro-USD. */
import { musicSubject, sceneSubject, voiceSubject } from '../domain/prediction.ts'
import { isMusicWanted, JobSettings, segmentsToBuy } from '../domain/settings.ts'
import { musicPriceMicroUsd } from './music-models.ts'
import { clipPriceMicroUsd, clipsMicroUsd, finalMicroUsd, type RenderedScene } from './scene-model.ts'
import { voiceModel, voicePriceMicroUsd } from './voice-models.ts'

type Priced = Pick<JobSettings, 'videoModel' | 'quality' | 'variants' | 'music' | 'voice'>
interface PricedScene extends RenderedScene {
  voiceOver?: string | null
}

/** A scene: its clips, the music under it when the job has any, and what is spoken over it. */
export function sceneEstimateMicroUsd(settings: Priced, scene: PricedScene): number {
  const { music, voice } = settings
  const spoken = scene.voiceOver ? voicePriceMicroUsd(voiceModel(voice.model), scene.voiceOver) : 0
  return clipsMicroUsd(settings, scene) + segmentsToBuy(music, 1) * musicPriceMicroUsd() + spoken
}

/** All of these scenes, which is what their job is estimated to cost. */
export function estimateMicroUsd(settings: Priced, scenes: readonly PricedScene[]): number {
  return scenes.reduce((sum, scene) => sum + sceneEstimateMicroUsd(settings, scene), 0)
}

/** The music for so many scenes, whether the job was to have any or not; the user's own costs nothing. */
export function musicMicroUsd({ music }: Pick<JobSettings, 'music'>, scenes: number): number {
  return segmentsToBuy({ ...music, auto: true }, scenes) * musicPriceMicroUsd()
}

/** A job that has ended, as far as the price of going on with it depends on that. */
interface EndedJob {
  status: string
  stage: string
  decision: string | null
  settings: unknown
  audioHash: string | null
  scenes: readonly (PricedScene & { id: string; state: string; position: number; voiceHash: string | null })[]
}

/** What costs nothing more: subjects in the ledger, and positions of music. */
interface Bought {
  free: ReadonlySet<string>
  music: ReadonlySet<number>
}

/**
 * A retry of a failed job, at most: only what failed, and what was bought and can be had is not bought again.
 * @param rendered which scenes are rendered; absent for all that are not
 * @returns null where nothing is retried
 */
export function retryMicroUsd(job: EndedJob, bought: Bought, rendered?: readonly string[]): number | null {
  if (job.status !== 'failed' || job.stage !== 'failed') return null
  // It failed before its approval: what is tried again is its storyboard.
  if (job.decision !== 'approved') return 0
  const settings = JobSettings.parse(job.settings)
  const lacking = job.scenes.filter(({ id, state }) => (rendered ? rendered.includes(id) : state !== 'completed'))
  const silent = isMusicWanted(settings.music) && !job.audioHash ? segmentsToBuy(settings.music, job.scenes.length) : 0
  const purchases = [
    ...lacking.map((scene) => {
      const price = clipsMicroUsd(settings, scene)
      // Of several variants the others may still have to be paid for.
      return { subject: sceneSubject(scene.id), price, atMost: price - clipPriceMicroUsd(settings, scene) }
    }),
    ...job.scenes.flatMap(({ position, voiceOver, voiceHash }) => {
      if (!voiceOver || voiceHash) return []
      const price = voicePriceMicroUsd(voiceModel(settings.voice.model), voiceOver)
      return [{ subject: voiceSubject(position), price, atMost: 0 }]
    }),
    ...Array.from({ length: silent }, (_, position) => position).flatMap((position) =>
      bought.music.has(position) ? [] : [{ subject: musicSubject(position), price: musicPriceMicroUsd(), atMost: 0 }],
    ),
  ]
  return purchases.reduce((sum, { subject, price, atMost }) => sum + (bought.free.has(subject) ? atMost : price), 0)
}

interface Regeneration {
  sceneIds: readonly string[]
  music: boolean
  /** How many clips of each; absent for one. */
  variants?: number
  /** What is changed in them. */
  changes?: Partial<RenderedScene>
  /** Of the job as it is by then; absent for those that it has now. */
  settings?: JobSettings
}

/** Scenes rendered again, at most, with their music where that is made anew; of a failed job, with what else it then goes on to. */
export function regenerationMicroUsd(
  job: EndedJob,
  bought: Bought,
  { sceneIds, music, variants = 1, changes = {}, settings = JobSettings.parse(job.settings) }: Regeneration,
): number {
  const isWished = ({ id }: { id: string }) => sceneIds.includes(id)
  const scenes = job.scenes.map((scene) => (isWished(scene) ? { ...scene, ...changes, variants } : scene))
  if (job.status === 'failed') {
    const anew = new Set(sceneIds.map(sceneSubject))
    const free = new Set([...bought.free].filter((subject) => !anew.has(subject)))
    return retryMicroUsd({ ...job, scenes }, { ...bought, free }, sceneIds) ?? 0
  }
  const clips = scenes.filter(isWished).map((scene) => clipsMicroUsd(settings, scene))
  return clips.reduce((sum, clip) => sum + clip, music ? musicMicroUsd(settings, job.scenes.length) : 0)
}

/**
 * Every scene of a draft once in full quality, at most.
 * @param bought ids of those that need not be bought again
 * @returns null for a job that is no draft
 */
export function finalizeMicroUsd(
  job: { settings: unknown; scenes: readonly (RenderedScene & { id: string })[] },
  bought: ReadonlySet<string>,
): number | null {
  const settings = JobSettings.parse(job.settings)
  if (settings.quality !== 'draft') return null
  return job.scenes.reduce((sum, scene) => sum + (bought.has(scene.id) ? 0 : finalMicroUsd(settings, scene)), 0)
}
