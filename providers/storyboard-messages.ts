/** What a language model is sent when it is to write a storyboard: the rules, the campaign as data, the photos. */
import { createHash } from 'node:crypto'
import type OpenAI from 'openai'
import { boundedText } from '../domain/plain-text.ts'
import type { SentMessage, SentPart, StoryboardBrief } from '../domain/storyboard.ts'
import { photosToShow } from './plan/photos-to-show.ts'
import { scenesOf } from './plan/prepare-brief.ts'
import type { PhotoLoader } from './ports.ts'

/** More would cost more than they help. */
const MOST_PHOTOS_SHOWN = 20
/** Of each, in characters: enough for what helps, and too little to bury the rules. */
const MOST = { text: 200, description: 500, goal: 1000, brief: 8000, guidelines: 4000, tags: 20, tag: 50 }

/** What is sent, and the same as it is kept: without the bytes of the pictures. */
export interface Asked {
  messages: OpenAI.ChatCompletionMessageParam[]
  kept: SentMessage[]
}

/** @param rules a prompt template of prompts/ */
export async function firstMessages(rules: string, brief: StoryboardBrief, load: PhotoLoader): Promise<Asked> {
  const campaign = campaignText(brief)
  const content: OpenAI.ChatCompletionContentPart[] = [{ type: 'text', text: campaign }]
  const parts: SentPart[] = [{ type: 'text', text: campaign }]
  for (const { id } of photosToShow(brief, MOST_PHOTOS_SHOWN)) {
    const jpeg = await load(id)
    // Its name, description and tags are in the list all the same.
    if (!jpeg) continue
    const url = `data:image/jpeg;base64,${Buffer.from(jpeg).toString('base64')}`
    content.push({ type: 'text', text: `Photo ${id}:` }, { type: 'image_url', image_url: { url } })
    const sha256 = createHash('sha256').update(jpeg).digest('hex')
    parts.push({ type: 'picture', assetId: id, sha256, bytes: jpeg.length })
  }
  return {
    messages: [
      { role: 'system', content: rules },
      { role: 'user', content },
    ],
    kept: [
      { role: 'system', parts: [{ type: 'text', text: rules }] },
      { role: 'user', parts },
    ],
  }
}

/** A whole storyboard is shorter; what broke off because it would not end is not worth being read again. */
const MOST_OF_AN_ANSWER = 60_000

/** @param problems sentences, for the model */
export function repairMessages(answer: string, problems: readonly string[]): Asked {
  const complaint = `That storyboard can't be used:\n${listOf(problems)}\nAnswer with the whole corrected storyboard.`
  return {
    messages: [
      { role: 'assistant', content: answer.slice(0, MOST_OF_AN_ANSWER) },
      { role: 'user', content: complaint },
    ],
    kept: [{ role: 'user', parts: [{ type: 'text', text: complaint }] }],
  }
}

/** The first of them, a line each. */
export const listOf = (problems: readonly string[]) =>
  problems
    .slice(0, 20)
    .map((problem) => `- ${problem.slice(0, 300)}`)
    .join('\n')

/** The campaign as data: nothing written in it can close the mark that holds it. */
function campaignText(brief: StoryboardBrief): string {
  const some = (text: string | null, length: number) => (text === null ? null : boundedText(text, length))
  const campaign = {
    photos: brief.photos.map(({ id, name, description, tags }) => ({
      id,
      name: boundedText(name, MOST.text),
      description: some(description, MOST.description),
      tags: tags.slice(0, MOST.tags).map((tag) => boundedText(tag, MOST.tag)),
    })),
    photo_order: brief.hasOwnOrder ? 'fixed' : 'free',
    scene_count: scenesOf(brief, brief.photos.length),
    scene_count_follows_photos: Boolean(brief.propertyTypes?.length && brief.scenesFollowPhotos),
    ends_on_last_photo: !brief.firstPhotoOnly,
    clip_duration: brief.clipDuration,
    duration_seconds: brief.durationSeconds,
    allowed_durations: brief.allowedDurations,
    property_types: brief.propertyTypes,
    transition: brief.transition,
    style: some(brief.style, MOST.text),
    music_genre: some(brief.musicGenre, MOST.text),
    campaign: {
      name: boundedText(brief.campaignName, MOST.text),
      goal: some(brief.goal, MOST.goal),
      brief: some(brief.brief, MOST.brief),
      product_url: some(withoutSecrets(brief.productUrl), MOST.text),
      brand_guidelines: some(brief.brandGuidelines, MOST.guidelines),
    },
  }
  return `<campaign>${JSON.stringify(campaign).replaceAll('<', '\\u003c')}</campaign>`
}

/** Where the page is, without what may open more than the page: a password, a token in the query. */
function withoutSecrets(address: string | null): string | null {
  if (address === null || !URL.canParse(address)) return null
  const { origin, pathname } = new URL(address)
  return origin === 'null' ? null : `${origin}${pathname}`
}
