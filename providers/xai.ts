/** Storyboards written by a language model of x.ai that looks at the photos. */
import OpenAI from 'openai'
import { z } from 'zod'
import { plainWords } from '../domain/plain-text.ts'
import type { StoryboardBrief, WritingExchange } from '../domain/storyboard.ts'
import { startDeadline } from './deadline.ts'
import { failureOf, scrub, troubleOfOpenAi, type Vendor } from './failures.ts'
import { ProviderError, SceneTypesInvalid, StoryboardInvalid, type StoryboardWriter } from './ports.ts'
import { STORYBOARD_PROMPT, STORYBOARD_PROMPTS } from './prompts/index.ts'
import { answerJsonSchema, type ReadAnswer, readAnswer } from './storyboard-answer.ts'
import { type Asked, firstMessages, listOf, repairMessages } from './storyboard-messages.ts'

const ASK = { doing: 'write the storyboard', missing: 'Check XAI_MODEL.' }
/** Of what was taken out of an answer, so much is kept. */
const MOST_DROPPED = 50
/** In characters, of the reason that the model gives. */
const LONGEST_REFUSAL = 400

/** What of an answer is read. The client hands on whatever came with 200, such as a proxy's page. */
const Completion = z.object({
  choices: z
    .tuple([
      z.object({
        message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
        finish_reason: z.string().nullish(),
      }),
    ])
    .rest(z.unknown()),
  usage: z.object({ prompt_tokens: z.int32(), completion_tokens: z.int32() }).nullish().catch(null),
})

/** What came back, with what reading it made of it. */
interface Answered {
  text: string
  read: ReadAnswer
}

/**
 * Makes the writer. It asks once, and once more when the answer can't be used, saying why.
 * @param baseUrl such as https://api.x.ai/v1
 * @param promptVersion a prompt template of prompts/
 * @param timeoutSeconds for each of the two
 */
export function createXai({
  apiKey,
  baseUrl,
  model,
  promptVersion = STORYBOARD_PROMPT,
  timeoutSeconds = 60,
}: {
  apiKey: string
  baseUrl: string
  model: string
  promptVersion?: string
  timeoutSeconds?: number
}): StoryboardWriter {
  const vendor: Vendor = {
    name: 'x.ai',
    keyVariable: 'XAI_API_KEY',
    urlVariable: 'XAI_BASE_URL',
    billing: 'https://console.x.ai',
    key: apiKey,
  }
  const rules = STORYBOARD_PROMPTS.get(promptVersion)
  if (!rules) throw new Error(`There is no prompt template ${promptVersion}.`)
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

  async function complete(messages: Asked['messages'], brief: StoryboardBrief, signal?: AbortSignal) {
    // The client's own timeout ends when the headers come; a body can stall for ever.
    const deadline = startDeadline(timeoutSeconds, signal)
    const format = { name: 'storyboard', strict: true, schema: answerJsonSchema(brief) }
    try {
      const completion = await client.chat.completions.create(
        { model, messages, response_format: { type: 'json_schema', json_schema: format } },
        { signal: deadline.signal },
      )
      const { data } = Completion.safeParse(completion)
      if (!data) throw new SyntaxError('no message of text')
      return { ...data.choices[0], usage: data.usage }
    } catch (error) {
      signal?.throwIfAborted()
      const trouble = deadline.signal.aborted
        ? ({ kind: 'lost', reason: `no answer within ${timeoutSeconds} s` } as const)
        : troubleOfOpenAi(error)
      throw trouble ? new ProviderError(failureOf(vendor, trouble, ASK)) : error
    } finally {
      deadline.end()
    }
  }

  /** @param before what was said before this */
  async function ask(
    brief: StoryboardBrief,
    { messages, kept }: Asked,
    before: Asked['messages'],
    { signal, record }: { signal?: AbortSignal; record?: (exchange: WritingExchange) => void },
  ): Promise<Answered> {
    const unanswered: WritingExchange = {
      ...{ promptVersion, model, messages: kept, answer: null, finishReason: null, problems: [], dropped: [] },
      ...{ promptTokens: null, completionTokens: null },
    }
    const refuse = (problem: string, exchange = unanswered) =>
      record?.({ ...exchange, problems: [scrub(problem, apiKey)] })
    const choice = await complete([...before, ...messages], brief, signal).catch((error: unknown) => {
      // What is tried again is asked the same again.
      if (error instanceof ProviderError && error.failure.retryAfterSeconds === null) refuse(error.message)
      throw error
    })
    const { message, finish_reason: finishReason, usage } = choice
    const text = scrub(message.content ?? '', apiKey)
    const refusal = scrub(message.refusal ?? '', apiKey)
    const exchange: WritingExchange = {
      ...unanswered,
      answer: refusal || text,
      finishReason: finishReason ?? null,
      promptTokens: usage?.prompt_tokens ?? null,
      completionTokens: usage?.completion_tokens ?? null,
    }
    if (refusal || finishReason === 'content_filter') {
      const { words, dropped } = plainWords(refusal, LONGEST_REFUSAL)
      refuse('It refused.', { ...exchange, dropped: dropped.slice(0, MOST_DROPPED) })
      const reason = refusal ? words.replace(/\.$/, '') || 'it gave no reason' : 'its content filter stepped in'
      throw new ProviderError({
        type: 'ProviderContentRefused',
        message: `x.ai refused to write the storyboard: ${reason}. Change the campaign's text or photos, then try again.`,
        retryAfterSeconds: null,
      })
    }
    const read = finishReason === 'length' ? BROKE_OFF : readAnswer(text, brief)
    const problems = read.ok ? [] : read.problems
    record?.({ ...exchange, problems, dropped: read.dropped.slice(0, MOST_DROPPED) })
    return { text, read }
  }

  return {
    async write(brief, photos, { signal, record } = {}) {
      const first = await firstMessages(rules, brief, photos)
      const { text, read } = await ask(brief, first, [], { signal, record })
      if (read.ok) return storyboardOf(read)
      const again = await ask(brief, repairMessages(text, read.problems), first.messages, { signal, record })
      if (again.read.ok) return storyboardOf(again.read)
      if (again.read.invalidTypes.length > 0) throw new SceneTypesInvalid(again.read.invalidTypes)
      throw new StoryboardInvalid(
        `${model} wrote no storyboard that can be used, nor a better one when told why. Try again, or set another XAI_MODEL.\n${listOf(again.read.problems)}`,
      )
    },
  }

  function storyboardOf({ scenes, photos }: Extract<ReadAnswer, { ok: true }>) {
    return { scenes, source: model, ...(photos && { photos }) }
  }
}

const BROKE_OFF: ReadAnswer = {
  ok: false,
  problems: ['The answer broke off before its end, because it was too long: write shorter texts.'],
  invalidTypes: [],
  dropped: [],
}
