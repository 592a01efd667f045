/** Storyboards written by a language model of x.ai that looks at the photos. */
import { readFileSync } from 'node:fs'
import OpenAI from 'openai'
import type { StoryboardBrief } from '../domain/storyboard.ts'
import { startDeadline } from './deadline.ts'
import { failureOf, troubleOfOpenAi, type Vendor } from './failures.ts'
import {
  type PhotoLoader,
  ProviderError,
  SceneTypesInvalid,
  StoryboardInvalid,
  type StoryboardWriter,
} from './ports.ts'
import { answerJsonSchema, readAnswer } from './storyboard-answer.ts'

const RULES = readFileSync(new URL('./prompts/storyboard.md', import.meta.url), 'utf8')

/** More would cost more than they help. */
const MOST_PHOTOS_SHOWN = 20

const ASK = { doing: 'write the storyboard', missing: 'Check XAI_MODEL.' }

type Messages = OpenAI.ChatCompletionMessageParam[]

/**
 * Makes the writer. It asks once, and once more when the answer can't be used, saying why.
 * @param baseUrl such as https://api.x.ai/v1
 * @param timeoutSeconds for each of the two
 */
export function createXai({
  apiKey,
  baseUrl,
  model,
  timeoutSeconds = 60,
}: {
  apiKey: string
  baseUrl: string
  model: string
  timeoutSeconds?: number
}): StoryboardWriter {
  const vendor: Vendor = {
    name: 'x.ai',
    keyVariable: 'XAI_API_KEY',
    urlVariable: 'XAI_BASE_URL',
    billing: 'https://console.x.ai',
    key: apiKey,
  }
  // What is left out here the client would take from OPENAI_… variables. Temporal retries, not the client.
  const client = new OpenAI({
    apiKey,
    baseURL: baseUrl,
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    maxRetries: 0,
    logLevel: 'off',
  })

  async function ask(messages: Messages, brief: StoryboardBrief, signal?: AbortSignal): Promise<string> {
    // The client's own timeout ends when the headers come; a body can stall for ever.
    const deadline = startDeadline(timeoutSeconds, signal)
    const format = { name: 'storyboard', strict: true, schema: answerJsonSchema(brief) }
    try {
      const completion = await client.chat.completions.create(
        { model, messages, response_format: { type: 'json_schema', json_schema: format } },
        { signal: deadline.signal },
      )
      // The client hands on whatever came with 200, such as a proxy's page.
      const choice = completion.choices?.[0]
      if (!choice) throw new SyntaxError('no choices')
      if (choice.message.refusal || choice.finish_reason === 'content_filter') {
        throw new ProviderError({
          type: 'ProviderContentRefused',
          message: `x.ai refused to write the storyboard: ${choice.message.refusal || 'its content filter stepped in'}. Change the campaign's text or photos, then try again.`,
          retryAfterSeconds: null,
        })
      }
      return choice.message.content ?? ''
    } catch (error) {
      if (error instanceof ProviderError) throw error
      signal?.throwIfAborted()
      const trouble = deadline.signal.aborted
        ? ({ kind: 'lost', reason: `no answer within ${timeoutSeconds} s` } as const)
        : troubleOfOpenAi(error)
      throw trouble ? new ProviderError(failureOf(vendor, trouble, ASK)) : error
    } finally {
      deadline.end()
    }
  }

  return {
    async write(brief, photos, { signal } = {}) {
      const messages: Messages = [
        { role: 'system', content: RULES },
        { role: 'user', content: [{ type: 'text', text: campaignText(brief) }, ...(await pictures(brief, photos))] },
      ]
      const first = await ask(messages, brief, signal)
      const read = readAnswer(first, brief)
      if (read.ok) return { scenes: read.scenes, source: model }

      const complaint = `That storyboard can't be used:\n${list(read.problems)}\nAnswer with the whole corrected storyboard.`
      const repair: Messages = [
        { role: 'assistant', content: first },
        { role: 'user', content: complaint },
      ]
      const second = readAnswer(await ask([...messages, ...repair], brief, signal), brief)
      if (second.ok) return { scenes: second.scenes, source: model }
      if (second.invalidTypes.length > 0) throw new SceneTypesInvalid(second.invalidTypes)
      throw new StoryboardInvalid(
        `${model} wrote no storyboard that can be used, nor a better one when told why. Try again, or set another XAI_MODEL.\n${list(second.problems)}`,
      )
    },
  }
}

const list = (problems: string[]) =>
  problems
    .slice(0, 20)
    .map((problem) => `- ${problem.slice(0, 300)}`)
    .join('\n')

/** The campaign as data: nothing written in it can close the mark that holds it. */
function campaignText(brief: StoryboardBrief): string {
  const campaign = {
    photos: brief.photos.map(({ id, name, description, tags }) => ({ id, name, description, tags })),
    scene_count: brief.sceneCount,
    clip_duration: brief.clipDuration,
    allowed_durations: brief.allowedDurations,
    property_types: brief.propertyTypes,
    style: brief.style,
    music_genre: brief.musicGenre,
    campaign: {
      name: brief.campaignName,
      goal: brief.goal,
      brief: brief.brief,
      product_url: brief.productUrl,
    },
  }
  return `<campaign>${JSON.stringify(campaign).replaceAll('<', '\\u003c')}</campaign>`
}

async function pictures(brief: StoryboardBrief, load: PhotoLoader): Promise<OpenAI.ChatCompletionContentPart[]> {
  const parts: OpenAI.ChatCompletionContentPart[] = []
  for (const { id } of brief.photos.slice(0, MOST_PHOTOS_SHOWN)) {
    const jpeg = Buffer.from(await load(id)).toString('base64')
    parts.push({ type: 'image_url', image_url: { url: `data:image/jpeg;base64,${jpeg}` } })
  }
  return parts
}
