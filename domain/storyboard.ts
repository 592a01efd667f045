/** A storyboard: what a person approves, and then what is rendered. Pure: no I/O. */
import type { PhotoLook } from './photo-look.ts'
import type { AspectRatio } from './settings.ts'
import type { Transition } from './transitions.ts'
import type { Overlay } from './words.ts'

export interface StoryboardScene {
  title: string
  description: string
  prompt: string
  /** Seconds, one that the job's model renders. */
  duration: number
  /** Into the next scene. */
  transition: Transition
  /** Seconds; absent as usual. */
  transition_duration?: number | null
  scene_type: string
  camera_movement: string
  motion_goal: string
  /** [first frame, last frame]; the same twice when there is only one picture. */
  asset_ids: [string, string]
  music_description: string
  music_style: string
  music_energy: string
  /** Words on the picture. */
  overlays?: Overlay[]
}

/** What the prompt falls back on. */
export interface PromptSource {
  prompt?: string | null
  description?: string | null
  title?: string | null
}

export const GENERIC_PROMPT =
  'A smooth cinematic camera move from the first picture to the last, natural light, realistic detail.'

/** The same for a scene that is rendered from its first picture alone. */
export const GENERIC_PROMPT_OF_ONE =
  'A smooth cinematic camera move that starts on the picture and stays with what it shows, natural light, realistic detail.'

/**
 * The text that is rendered: what stands in the storyboard is what gets rendered.
 * @param hasLast whether it is rendered from two pictures, which matters only where nothing stands there
 */
export function scenePrompt(scene: PromptSource, { hasLast = true } = {}): string {
  for (const text of [scene.prompt, scene.description, scene.title]) {
    if (text?.trim()) return text.trim()
  }
  return hasLast ? GENERIC_PROMPT : GENERIC_PROMPT_OF_ONE
}

/** What the storyboard is written from: a picture of the campaign. */
export interface StoryboardPhoto {
  id: string
  name: string
  description: string | null
  tags: string[]
  /** Pixels. */
  width: number | null
  height: number | null
  /** What was computed of it; null or absent where it could not be. */
  look?: PhotoLook | null
}

/** What the storyboard is written for. */
export interface StoryboardBrief {
  jobType: 'image_pairs' | 'property_photos' | 'campaign'
  campaignName: string
  goal: string | null
  brief: string | null
  productUrl: string | null
  /** The client's, as JSON or as they wrote them. */
  brandGuidelines: string | null
  style: string | null
  musicGenre: string | null
  /** Seconds that the film is to last; null for as long as its scenes are. */
  durationSeconds: number | null
  /** How many scenes are wanted. */
  sceneCount: number
  /** Seconds a scene, already one that the model renders. */
  clipDuration: number
  /** Seconds, every scene duration that the job's model renders, ascending. */
  allowedDurations: number[]
  /** How scenes go over into each other; "auto" where their writer decides. */
  transition: Transition | 'auto'
  /** The scene types that are allowed; null when any is. */
  propertyTypes: string[] | null
  photos: StoryboardPhoto[]
  /** Of the film; absent for 16:9. */
  aspectRatio?: AspectRatio
  /** Whether somebody named the photos, in the order in which they are to be shown. */
  hasOwnOrder?: boolean
  /** Whether sceneCount follows from how many photos there are, so that fewer of them make fewer scenes. */
  scenesFollowPhotos?: boolean
  /** Whether the job's model takes no photo to end on: a scene then moves freely from its first. */
  firstPhotoOnly?: boolean
}

export interface WrittenStoryboard {
  scenes: StoryboardScene[]
  /** "template", or the name of the language model that wrote it. */
  source: string
  /** Why it was not written by whoever should have written it. */
  note?: string
  /** What photos show, as far as their writer said. */
  photos?: PhotoType[]
}

/** What a photo of a property shows. */
export interface PhotoType {
  id: string
  /** One of the job's property types; null when it shows none of them. */
  type: string | null
  /** 0 to 1. */
  confidence: number
  /** Why it has no type, a sentence. */
  reason?: string
}

/** What is told of a photo with the storyboard. */
export interface PhotoNote {
  id: string
  name: string
  /** What it was taken for; null where that was not asked, or it shows none of the property types. */
  type: string | null
  /** 0 to 1. */
  confidence: number | null
  /** Why no scene shows it, a sentence; null where one does, or there are enough others. */
  leftOut: string | null
}

/** One question to a language model and what came back, kept with the job for review. */
export interface WritingExchange {
  /** Of the prompt template: a file of providers/prompts/storyboard/. */
  promptVersion: string
  model: string
  /** What was sent, beyond the exchange before it; pictures by asset and hash. */
  messages: SentMessage[]
  /** As it came; null when there was none. */
  answer: string | null
  /** Why the model stopped, in its vendor's word: "stop", "length" … */
  finishReason: string | null
  /** Why the answer was not taken; empty when it was. */
  problems: string[]
  /** What was taken out of the answer: addresses, markup, what was too long. */
  dropped: string[]
  promptTokens: number | null
  completionTokens: number | null
}

export interface SentMessage {
  role: 'system' | 'user'
  parts: SentPart[]
}

export type SentPart =
  | { type: 'text'; text: string }
  /** `sha256` of the bytes that were sent, a smaller copy of the photo; `bytes` is how many. */
  | { type: 'picture'; assetId: string; sha256: string; bytes: number }
