/** What will be paid, from what will really be rendered, in micro-USD. */
import { musicSubject, sceneSubject, voiceSubject } from '../domain/prediction.ts'
import { isMusicWanted, JobSettings, segmentsToBuy } from '../domain/settings.ts'
import { resolveVideoModel, scenePriceMicroUsd } from './models.ts'
import { musicPriceMicroUsd } from './music-models.ts'
import { voiceModel, voicePriceMicroUsd } from './voice-models.ts'

type Priced = Pick<JobSettings, 'videoModel' | 'music' | 'voice'>
interface PricedScene {
  /** Seconds. */
  duration: number
  voiceOver?: string | null
}

/** A scene: its clip, the music under it when the job has any, and what is spoken over it. */
export function sceneEstimateMicroUsd(settings: Priced, scene: PricedScene): number {
  const { music, voice } = settings
  const spoken = scene.voiceOver ? voicePriceMicroUsd(voiceModel(voice.model), scene.voiceOver) : 0
  return clipsMicroUsd(settings, scene) + segmentsToBuy(music, 1) * musicPriceMicroUsd() + spoken
}

/** All of these scenes, which is what their job is estimated to cost. */
export function estimateMicroUsd(settings: Priced, scenes: readonly PricedScene[]): number {
  return scenes.reduce((sum, scene) => sum + sceneEstimateMicroUsd(settings, scene), 0)
}

/** Rendering a scene once. */
export function clipsMicroUsd({ videoModel }: Pick<JobSettings, 'videoModel'>, { duration }: PricedScene): number {
  return scenePriceMicroUsd(resolveVideoModel(videoModel), duration)
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
    ...lacking.map((scene) => ({ subject: sceneSubject(scene.id), price: clipsMicroUsd(settings, scene) })),
    ...job.scenes.flatMap(({ position, voiceOver, voiceHash }) => {
      if (!voiceOver || voiceHash) return []
      const price = voicePriceMicroUsd(voiceModel(settings.voice.model), voiceOver)
      return [{ subject: voiceSubject(position), price }]
    }),
    ...Array.from({ length: silent }, (_, position) => position).flatMap((position) =>
      bought.music.has(position) ? [] : [{ subject: musicSubject(position), price: musicPriceMicroUsd() }],
    ),
  ]
  return purchases.reduce((sum, { subject, price }) => sum + (bought.free.has(subject) ? 0 : price), 0)
}

/** Scenes rendered again, at most, with their music where that is made anew; of a failed job, with what else it then goes on to. */
export function regenerationMicroUsd(
  job: EndedJob,
  bought: Bought,
  { sceneIds, music }: { sceneIds: readonly string[]; music: boolean },
): number {
  if (job.status === 'failed') {
    const anew = new Set(sceneIds.map(sceneSubject))
    const free = new Set([...bought.free].filter((subject) => !anew.has(subject)))
    return retryMicroUsd(job, { ...bought, free }, sceneIds) ?? 0
  }
  const settings = JobSettings.parse(job.settings)
  const clips = job.scenes.filter(({ id }) => sceneIds.includes(id)).map((scene) => clipsMicroUsd(settings, scene))
  return clips.reduce((sum, clip) => sum + clip, music ? musicMicroUsd(settings, job.scenes.length) : 0)
}
