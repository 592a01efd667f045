/** A scene's words as a picture of its client's brand, to be laid over its clip. */
import path from 'node:path'
import type { Brand } from '../domain/brand.ts'
import { JobSettings } from '../domain/settings.ts'
import { overlapFrames } from '../domain/transitions.ts'
import { type OverlayKind, Overlays } from '../domain/words.ts'
import { type OutputProfile, type ShownWords, secondsOf, type WordsBrand } from '../media/index.ts'
import type { JobWithScenes, Scene } from '../prisma/queries/jobs.ts'
import { brandOf } from './brand-of.ts'
import type { ActivityDeps } from './deps.ts'

/** What is laid over a scene's clip. */
export interface SceneWords {
  /** None where it shows nothing. */
  words?: ShownWords
  /** Whether anything is laid over any clip of the film: all of its clips are of one encoder then. */
  isInFilm: boolean
}

/**
 * The words that a scene of a film shows, and the logo in its first and last scene.
 * @param scene as its clip is rendered: with what a revision changes in it
 */
export async function drawSceneWords(
  deps: ActivityDeps,
  job: JobWithScenes,
  scene: Scene,
  { profile, folder }: { profile: OutputProfile; folder: string },
): Promise<SceneWords> {
  const { captions } = JobSettings.parse(job.settings)
  const words = burnedWords(scene, captions)
  const brand = await brandOf(deps, job)
  const isInFilm = brand.logoAssetId !== null || job.scenes.some((one) => saysAnything(burnedWords(one, captions)))
  const logo = hasLogo(job, scene) ? await logoFile(deps, job, brand, folder) : null
  if (!logo && !saysAnything(words)) return { isInFilm }
  const output = path.join(folder, 'words.png')
  const { width, height } = profile
  const { drawn, logoProblem } = await deps.media.drawWords({
    ...{ width, height, output, ...words },
    brand: { ...styleOf(brand), logo },
  })
  if (logoProblem) deps.log.warn({ jobId: job.id, logo: brand.logoAssetId, reason: logoProblem }, LEFT_OUT)
  return drawn ? { words: { path: output, ...whenShown(job, scene, profile) }, isInFilm } : { isInFilm }
}

const LEFT_OUT = 'a logo is left out'

type Words = ReturnType<typeof burnedWords>

const saysAnything = (words: Words) => Object.values(words).some((text) => text !== null)

function burnedWords(scene: Scene, captions: JobSettings['captions']) {
  const overlays = Overlays.parse(scene.overlays ?? [])
  const textOf = (kind: OverlayKind) => overlays.find((overlay) => overlay.kind === kind)?.text ?? null
  return {
    title: textOf('title'),
    price: textOf('price'),
    callToAction: textOf('call_to_action'),
    caption: captions === 'burned' ? scene.caption : null,
  }
}

const hasLogo = ({ scenes }: JobWithScenes, { id }: Scene) => scenes.at(0)?.id === id || scenes.at(-1)?.id === id

/** Seconds that words need to be read. */
const READABLE_SECONDS = 1.5

/**
 * Not while the scene goes over into its neighbours, unless too little is left between them: then from the middle of one to
 * the middle of the other. Those of the last scene stay to the end.
 */
function whenShown({ scenes }: JobWithScenes, { id, duration }: Scene, profile: OutputProfile) {
  const overlaps = overlapFrames(scenes, profile.fps)
  const position = scenes.findIndex((scene) => scene.id === id)
  const before = secondsOf(overlaps[position - 1] ?? 0, profile)
  const after = secondsOf(overlaps[position] ?? 0, profile)
  const share = duration - before - after < READABLE_SECONDS ? 0.5 : 1
  return {
    startSeconds: before * share,
    endSeconds: duration - after * share,
    hold: position === scenes.length - 1,
  }
}

function styleOf({ accent, text, secondary, logoPosition }: Brand): Omit<WordsBrand, 'logo'> {
  const [row, side] = (logoPosition?.split('_') ?? []) as ['top' | 'bottom', 'left' | 'right'] | []
  return { accent, text, bar: secondary ?? accent, logoCorner: row && side ? { row, side } : null }
}

/** Null when it is not an image of the job's client whose bytes are here. */
async function logoFile(
  { db, blobs, log }: ActivityDeps,
  { id, clientId, campaignId }: JobWithScenes,
  { logoAssetId }: Brand,
  folder: string,
): Promise<string | null> {
  if (!logoAssetId) return null
  const asset = await db.asset.findFirst({
    where: { id: logoAssetId, type: 'image', OR: [{ clientId }, { campaignId }] },
  })
  if (asset?.blobHash) return blobs.localFile(asset.blobHash, folder)
  const reason = asset ? 'its bytes are not fetched yet' : "it is not an image of the job's client"
  log.warn({ jobId: id, logo: logoAssetId, reason }, LEFT_OUT)
  return null
}
