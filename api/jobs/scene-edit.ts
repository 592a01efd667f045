/** What may be changed in a scene of a storyboard, and what the scene then is. */
import { z } from '@hono/zod-openapi'
import { JobSettings } from '../../domain/settings.ts'
import { scenePrompt } from '../../domain/storyboard.ts'
import { MAX_VOICE_OVER_CHARACTERS } from '../../domain/voice-over.ts'
import { Overlays } from '../../domain/words.ts'
import type { Prisma } from '../../prisma/client.ts'
import type { JobWithScenes } from '../../prisma/queries/jobs.ts'
import type { SceneDraft, SceneFields, StoryboardDraft } from '../../prisma/queries/storyboard.ts'
import { sceneEstimateMicroUsd } from '../../providers/estimate.ts'
import { findVideoModel, renderedAspect, snapDuration, videoModels } from '../../providers/models.ts'
import { ProviderError } from '../../providers/ports.ts'
import { sceneModel } from '../../providers/scene-model.ts'
import { ApiError } from '../errors.ts'
import { boolean, clearable, nullable, numeric } from '../fields.ts'
import { variantsField } from './job-request.ts'
import { transitionDurationField, transitionField } from './transition-fields.ts'
import { shownText, wordsFields } from './words-fields.ts'

const line = z.string({ error: 'must be a string' }).max(500, { error: 'has more than 500 characters' }).nullish()
const prose = z.string({ error: 'must be a string' }).max(10_000, { error: 'has more than 10000 characters' }).nullish()

/** Absent fields stay as they are; null clears a text and what may be as usual, and of the others counts as absent. */
export const sceneFields = {
  title: line,
  description: prose,
  prompt: prose,
  duration: numeric(z.number({ error: 'must be a number of seconds' }).positive().max(60).optional()).openapi({
    type: 'number',
    description: 'Seconds; becomes the next duration that the model renders',
  }),
  model: z
    .string({ error: 'must be a string' })
    .nullish()
    .openapi({ description: "A video model of GET /models; null for the job's", example: 'hailuo-02' }),
  variants: clearable(variantsField).openapi({
    description: 'How many clips of it are bought, to choose from; where no one says, what the job says',
  }),
  asset_ids: nullable(
    z
      .array(z.string().trim().toLowerCase(), { error: 'must be a list of ids' })
      .min(1, { error: 'names no picture' })
      .max(2, { error: 'names more than the first and the last picture' })
      .optional(),
  ).openapi({ description: "The first and the last frame: images of the job's client" }),
  transition: transitionField,
  transition_duration: clearable(transitionDurationField),
  scene_type: line,
  camera_movement: line,
  motion_goal: line,
  music_description: prose,
  music_style: line,
  music_energy: line,
  ...wordsFields,
  voice_over: shownText(MAX_VOICE_OVER_CHARACTERS).openapi({
    description: 'What is spoken over the scene; null for nothing',
    example: 'Breakfast with the lake at your feet.',
  }),
  keep_clip_audio: clearable(boolean(z.boolean().optional())).openapi({
    description: "Whether the clip's own sound is heard; where no one says, what the job says",
  }),
}
export type SceneEdit = z.infer<z.ZodObject<typeof sceneFields>>

/** A scene that stays (`before`), or a new one, with what is to change in it. */
export interface EditedScene {
  before: JobWithScenes['scenes'][number] | null
  edit: SceneEdit
}

type Details = Record<string, string[]>

/**
 * Checks every scene against the job's model, its scene types and its client's pictures.
 * @param at how `details` call the field of scene `index`
 * @throws ApiError 422 with all that is wrong
 */
export async function draftStoryboard(
  tx: Prisma.TransactionClient,
  job: JobWithScenes,
  scenes: EditedScene[],
  { maxScenes, at }: { maxScenes: number; at: (index: number, field: string) => string },
): Promise<StoryboardDraft> {
  if (scenes.length === 0) throw refusal('A storyboard keeps at least one scene', {})
  if (scenes.length > maxScenes) {
    throw refusal(`A job may have ${maxScenes} scenes at most (MAX_SCENES), and these are ${scenes.length}`, {})
  }
  const settings = JobSettings.parse(job.settings)
  const unusable = await unusablePictures(tx, job, scenes)
  const details: Details = {}
  const drafts = scenes.map((scene, index): SceneDraft => {
    const fields = applyEdit(scene, settings)
    for (const [field, problem] of problemsOf(scene, fields, settings, unusable)) details[at(index, field)] = [problem]
    return { id: scene.before?.id ?? null, fields, estimateMicroUsd: sceneEstimateMicroUsd(settings, fields) }
  })
  if (Object.keys(details).length > 0) throw refusal('Validation failed', details)
  return { scenes: drafts }
}

function refusal(message: string, details: Details): ApiError {
  return new ApiError(422, message, Object.keys(details).length > 0 ? { details } : {})
}

function applyEdit({ before, edit }: EditedScene, settings: JobSettings): SceneFields {
  const { clipDuration, transition } = settings
  const or = <T>(given: T | undefined, kept: T | undefined, otherwise: T): T =>
    given === undefined ? (kept ?? otherwise) : given
  const model = or(keyOf(edit.model), before?.model, null)
  const [first, last = first] = edit.asset_ids ?? [before?.firstAssetId ?? null, before?.lastAssetId ?? null]
  return {
    title: or(edit.title, before?.title, null),
    description: or(edit.description, before?.description, null),
    prompt: or(edit.prompt, before?.prompt, null),
    duration: snapDuration(sceneModel(settings, { model }), or(edit.duration, before?.duration, clipDuration)),
    model,
    variants: or(edit.variants, before?.variants, null),
    transition: or<string>(edit.transition, before?.transition, transition === 'auto' ? 'crossfade' : transition),
    transitionDuration: or(edit.transition_duration, before?.transitionDuration, settings.transitionDuration),
    sceneType: or(edit.scene_type, before?.sceneType, null),
    cameraMovement: or(edit.camera_movement, before?.cameraMovement, null),
    motionGoal: or(edit.motion_goal, before?.motionGoal, null),
    firstAssetId: first ?? null,
    lastAssetId: last ?? null,
    musicDescription: or(edit.music_description, before?.musicDescription, null),
    musicStyle: or(edit.music_style, before?.musicStyle, null),
    musicEnergy: or(edit.music_energy, before?.musicEnergy, null),
    overlays: edit.overlays ?? Overlays.parse(before?.overlays ?? []),
    caption: or(edit.caption, before?.caption, null),
    voiceOver: or(edit.voice_over, before?.voiceOver, null),
    keepClipAudio: or(edit.keep_clip_audio, before?.keepClipAudio, null),
  }
}

/** Null for none, and for one that is not known: `problemsOf` says so. */
function keyOf(model: string | null | undefined): string | null | undefined {
  return model ? (findVideoModel(model)?.key ?? null) : model === '' ? null : model
}

function problemsOf(
  { edit }: EditedScene,
  fields: SceneFields,
  settings: JobSettings,
  unusable: Map<string, string>,
): [field: string, problem: string][] {
  const problems: [string, string][] = []
  const wrong = edit.asset_ids?.find((id) => unusable.has(id))
  if (wrong) problems.push(['asset_ids', `${wrong} ${unusable.get(wrong)}`])
  if (!fields.firstAssetId) problems.push(['asset_ids', 'are required for a new scene'])
  const { propertyTypes } = settings
  if (propertyTypes && !propertyTypes.includes(fields.sceneType ?? '')) {
    problems.push(['scene_type', `must be one of ${propertyTypes.join(', ')}`])
  }
  if (edit.model && !findVideoModel(edit.model)) {
    const known = videoModels().map(({ key }) => key)
    problems.push(['model', `is no video model: choose one of ${known.join(', ')}`])
  }
  const unrenderable = whyNotRendered(fields, settings)
  if (unrenderable) problems.push(['prompt', unrenderable])
  return problems
}

/** Null when the model takes the scene. It is asked before the approval, so that nobody approves what can't be had. */
function whyNotRendered(fields: SceneFields, settings: JobSettings): string | null {
  const picture = 'https://pictures.invalid/'
  try {
    sceneModel(settings, fields).build({
      prompt: scenePrompt(fields),
      durationSeconds: fields.duration,
      aspectRatio: renderedAspect(settings.aspectRatio),
      firstFrameUrl: picture,
      lastFrameUrl: picture,
      seed: 1,
    })
    return null
  } catch (error) {
    if (error instanceof ProviderError) return error.message
    throw error
  }
}

/** Of the pictures that the edits name, those that can't be used, and why. */
async function unusablePictures(
  tx: Prisma.TransactionClient,
  { clientId, campaignId }: JobWithScenes,
  scenes: EditedScene[],
): Promise<Map<string, string>> {
  const named = new Set(scenes.flatMap(({ edit }) => edit.asset_ids ?? []))
  const images = await tx.asset.findMany({
    where: { id: { in: [...named] }, type: 'image', OR: [{ clientId }, { campaignId }] },
    select: { id: true, blobHash: true, sourceUrl: true },
  })
  const problems = new Map([...named].map((id) => [id, "is not an image of the job's client whose bytes are here"]))
  for (const { id, blobHash, sourceUrl } of images) {
    if (blobHash) problems.delete(id)
    else if (sourceUrl) {
      problems.set(
        id,
        `has only its URL so far: GET /assets/${id}/data fetches it, or npm run backfill all that there are`,
      )
    }
  }
  return problems
}
