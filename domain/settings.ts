/** What was resolved for a job at its creation and never changes afterwards, so that a rerun decides as the first run did. */
import { z } from 'zod'
import { TRANSITIONS } from './transitions.ts'
import { CAPTION_MODES, FilmWords } from './words.ts'

export const AUDIO_SYNC_MODES = ['trim', 'stretch', 'compress'] as const
export const AUDIO_ERROR_STRATEGIES = ['continue_with_silence', 'halt'] as const

export const ASPECT_RATIOS = ['16:9', '9:16', '1:1'] as const
export type AspectRatio = (typeof ASPECT_RATIOS)[number]
/** Pixels of the shorter side. */
export const RESOLUTIONS = ['512p', '720p', '768p', '1080p'] as const
export type Resolution = (typeof RESOLUTIONS)[number]
/** Frames a second. */
export const FRAME_RATES = [24, 25, 30, 50, 60] as const
/** What becomes of a picture of another shape: shown whole before a blurred copy of itself, cut, or shown whole on black. */
export const FITS = ['blur', 'crop', 'pad'] as const
export type Fit = (typeof FITS)[number]

/** draft: cheap and small, to be looked at and then made in full quality; final: what the job's models make. */
export const QUALITIES = ['draft', 'final'] as const
export type Quality = (typeof QUALITIES)[number]
/** How many clips may be bought of one scene, to choose from. */
export const MOST_VARIANTS = 4

export const MusicSettings = z.object({
  /** Whether music is generated once the film is stitched. */
  auto: z.boolean(),
  merge: z.boolean(),
  syncMode: z.enum(AUDIO_SYNC_MODES),
  errorStrategy: z.enum(AUDIO_ERROR_STRATEGIES),
  failOnError: z.boolean(),
  /** Seconds. */
  fadeSeconds: z.number().min(0).max(10),
  /** Said before every scene's own music description. */
  prompt: z.string().nullable(),
  /** The provider's model, with its version where it has one. */
  model: z.string(),
  /** The caller's own music, an audio asset, in place of what would be generated. */
  assetId: z.string().optional(),
})
export type MusicSettings = z.infer<typeof MusicSettings>

/** The model that is bought where a job's settings name none: what VOICE_MODEL is by default too. */
export const USUAL_VOICE_MODEL = 'resemble-ai/chatterbox-pro'

export const VoiceSettings = z.object({
  /** The provider's model. */
  model: z.string(),
  /** One of the model's voices; null for its usual one. */
  voice: z.string().nullable(),
})
export type VoiceSettings = z.infer<typeof VoiceSettings>

export const JobSettings = z.object({
  /** A key of providers/models.ts. */
  videoModel: z.string(),
  quality: z.enum(QUALITIES).default('final'),
  /** How many clips of each scene are bought, where the scene does not say. */
  variants: z.number().int().min(1).max(MOST_VARIANTS).default(1),
  aspectRatio: z.enum(ASPECT_RATIOS),
  /** Null: as the model makes it. */
  resolution: z.enum(RESOLUTIONS).nullable().default(null),
  /** Null: as the model makes it. */
  fps: z.literal(FRAME_RATES).nullable().default(null),
  fit: z.enum(FITS).default('blur'),
  /** How scenes go over into each other where nobody says otherwise; "auto" leaves it to the storyboard's writer. */
  transition: z.enum([...TRANSITIONS, 'auto']).default('cut'),
  /** Seconds; null as usual. */
  transitionDuration: z.number().positive().nullable().default(null),
  words: FilmWords.default({ title: null, price: null, callToAction: null }),
  captions: z.enum(CAPTION_MODES).default('burned'),
  /** Whether the clips' own sound is heard, where the scene does not say. */
  keepClipAudio: z.boolean().default(true),
  /** Of its campaign's images those that it may show, in this order; absent for all of them. */
  assetIds: z.array(z.string()).optional(),
  sceneCount: z.number().int().positive(),
  /** Whether nobody asked for that count: it follows from how many photos there are, and photos left out make it smaller. */
  scenesFollowPhotos: z.boolean().optional(),
  /** Seconds, as asked for. */
  clipDuration: z.number().positive(),
  /** Seconds that its scenes are to last together, as nearly as they can; absent for as long as they are. */
  durationSeconds: z.number().positive().optional(),
  style: z.string().nullable(),
  musicGenre: z.string().nullable(),
  propertyTypes: z.array(z.string()).nullable(),
  music: MusicSettings,
  /** Who speaks the scenes' voice-overs. */
  voice: VoiceSettings.default({ model: USUAL_VOICE_MODEL, voice: null }),
  maxParallelScenes: z.number().int().positive(),
})
export type JobSettings = z.infer<typeof JobSettings>

/**
 * A job's settings as a film of it is made.
 * @param kind of the revision that makes it, if one does: what finalizes a draft makes it in full quality already
 */
export function settingsOf({ settings }: { settings: unknown }, kind: string | null | undefined): JobSettings {
  const asked = JobSettings.parse(settings)
  return kind === 'finalize' ? { ...asked, quality: 'final' } : asked
}

/** How many clips of a scene are bought when it is rendered for the first time. */
export const variantsOf = ({ variants }: Pick<JobSettings, 'variants'>, scene: { variants?: number | null }) =>
  scene.variants ?? variants

/** Whoever brings music of their own wants it, whatever the configuration says of generated music. */
export const isMusicWanted = ({ auto, assetId }: MusicSettings) => auto || assetId !== undefined

/** How many segments of music are bought for so many scenes: the user's own costs nothing. */
export function segmentsToBuy({ auto, assetId }: MusicSettings, scenes: number): number {
  return auto && assetId === undefined ? scenes : 0
}
