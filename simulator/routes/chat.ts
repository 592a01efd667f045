/** x.ai's chat completions, as the OpenAI client calls them; errors are flat, as x.ai's are. */

import { type Context, Hono } from 'hono'
import { createMiddleware } from 'hono/factory'
import { z } from 'zod'
import { CHAT_MODELS, type Usage } from '../chat-log.ts'
import type { Env, Simulation } from '../context.ts'
import { randomId } from '../predictions.ts'
import { conform } from '../storyboard/conform.ts'
import { BadRequest, imagesOf, labelsIn, type SeenImage, textOf } from '../storyboard/messages.ts'
import { type Answer, spoilt } from '../storyboard/spoil.ts'
import { campaignIn, writeStoryboard } from '../storyboard/write.ts'

const Body = z.object({
  model: z.string(),
  messages: z.unknown(),
  stream: z.literal(false).nullish(),
  max_tokens: z.int().positive().nullish(),
  max_completion_tokens: z.int().positive().nullish(),
  response_format: z
    .discriminatedUnion('type', [
      z.object({ type: z.enum(['text', 'json_object']) }),
      z.object({
        type: z.literal('json_schema'),
        json_schema: z.object({ name: z.string().min(1), schema: z.looseObject({ type: z.literal('object') }) }),
      }),
    ])
    .nullish(),
})

export function chatRoutes({ faults, chats, settings }: Simulation): Hono<Env> {
  const routes = new Hono<Env>()
  const withKey = createMiddleware<Env>(async (c, next) => {
    const refused = refusedKey(c, settings.xaiKey)
    if (refused) return refused
    await next()
  })
  routes.get('/models', withKey, (c) =>
    c.json({ object: 'list', data: CHAT_MODELS.map((id) => ({ id, object: 'model', created: 0, owned_by: 'xai' })) }),
  )
  routes.post('/chat/completions', withKey, async (c) => {
    const parsed = Body.safeParse(await c.req.json().catch(() => null))
    if (!parsed.success) {
      const error = `Failed to deserialize the JSON body: ${z.prettifyError(parsed.error)}`
      return flatError(c, 422, 'invalid-argument', error)
    }
    const { model, messages, response_format: format, ...limits } = parsed.data
    if (!CHAT_MODELS.includes(model)) {
      const error = `The model ${model} does not exist or your team does not have access to it.`
      return flatError(c, 404, 'Some requested entity was not found', error)
    }
    try {
      const images = await imagesOf(messages)
      const text = textOf(messages)
      const campaign = campaignIn(text)
      const written = campaign ? writeStoryboard(campaign, byPhoto(campaign, labelsIn(text), images)) : {}
      const fitting = format?.type === 'json_schema' ? conform(written, format.json_schema.schema) : written
      const fault = faults.forStoryboard(c.get('subject'))
      const answer = fault ? spoilt(fitting, fault, text) : { content: JSON.stringify(fitting) }
      const ended = cutAt(limits.max_completion_tokens ?? limits.max_tokens ?? Number.POSITIVE_INFINITY, answer)
      const usage = usageOf(text, images, ended)
      chats.note(model, usage)
      return c.json(completion(model, usage, ended))
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error
      return flatError(c, 400, 'invalid-argument', error.message)
    }
  })
  return routes
}

/** Null when it is taken. */
function refusedKey(c: Context<Env>, wanted: string | null): Response | null {
  const key = /^Bearer (\S+)$/.exec(c.req.header('authorization') ?? '')?.[1]
  if (!key) {
    return flatError(c, 401, 'unauthenticated:no-credentials', 'No API key provided. Pass one as a bearer token.')
  }
  if (wanted === null || key === wanted) return null
  const error = `Incorrect API key provided: ${key.slice(0, 2)}***${key.slice(-2)}. You can obtain an API key from the console.`
  return flatError(c, 400, 'Client specified an invalid argument', error)
}

function flatError(c: Context<Env>, status: 400 | 401 | 404 | 422, code: string, error: string): Response {
  return c.json({ code, error }, status)
}

/** Where nothing says which photo an image is of, they come in the order of the photos. */
function byPhoto({ photos }: { photos: { id: string }[] }, labels: string[], images: SeenImage[]) {
  const ids = labels.length === images.length ? labels : photos.map(({ id }) => id)
  return new Map(images.map((image, index) => [ids[index] ?? '', image]))
}

const tokensOf = (text: string) => Math.ceil(text.length / 4)

function cutAt(tokens: number, answer: Answer): Answer {
  if (answer.content === null || tokensOf(answer.content) <= tokens) return answer
  return { content: answer.content.slice(0, tokens * 4), finish_reason: 'length' }
}

function usageOf(text: string, images: SeenImage[], { content, refusal }: Answer): Usage {
  return {
    prompt_tokens: tokensOf(text) + images.reduce((sum, { tokens }) => sum + tokens, 0),
    completion_tokens: tokensOf(content ?? refusal ?? ''),
  }
}

function completion(model: string, usage: Usage, { content, refusal, finish_reason = 'stop' }: Answer) {
  return {
    id: `chatcmpl-${randomId()}`,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model,
    choices: [
      { index: 0, message: { role: 'assistant', content, refusal: refusal ?? null }, finish_reason, logprobs: null },
    ],
    usage: { ...usage, total_tokens: usage.prompt_tokens + usage.completion_tokens },
  }
}
