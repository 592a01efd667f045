/** What was resolved for a job at its creation and never changes afterwards, so that a rerun decides as the first run did. */
import { z } from 'zod'

export const AUDIO_SYNC_MODES = ['trim', 'stretch', 'compress'] as const
export const AUDIO_ERROR_STRATEGIES = ['continue_with_silence', 'halt'] as const

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

export const JobSettings = z.object({
  /** A key of providers/models.ts. */
  videoModel: z.string(),
  aspectRatio: z.enum(['16:9', '9:16']),
  sceneCount: z.number().int().positive(),
  /** Seconds, as asked for. */
  clipDuration: z.number().positive(),
  style: z.string().nullable(),
  musicGenre: z.string().nullable(),
  propertyTypes: z.array(z.string()).nullable(),
  music: MusicSettings,
  maxParallelScenes: z.number().int().positive(),
})
export type JobSettings = z.infer<typeof JobSettings>

/** Whoever brings music of their own wants it, whatever the configuration says of generated music. */
export const isMusicWanted = ({ auto, assetId }: MusicSettings) => auto || assetId !== undefined

/** How many segments of music are bought for so many scenes: the user's own costs nothing. */
export function segmentsToBuy({ auto, assetId }: MusicSettings, scenes: number): number {
  return auto && assetId === undefined ? scenes : 0
}
