/** x.ai's chat completions, as the OpenAI client calls them; errors are flat, as x.ai's are. */

import { type Context, Hono } from 'hono'
import type { Env, Simulation } from '../context.ts'
import type { StoryboardFault } from '../faults.ts'
import { randomId } from '../predictions.ts'
import { conform } from '../storyboard/conform.ts'
import { BadRequest, imagesOf, textOf } from '../storyboard/messages.ts'
import { campaignIn, writeStoryboard } from '../storyboard/write.ts'

const REFUSAL = "I'm sorry, but I can't help with that request."

export function chatRoutes({ faults }: Simulation): Hono<Env> {
  const routes = new Hono<Env>()
  routes.post('/completions', async (c) => {
    if (!/^Bearer \S/.test(c.req.header('authorization') ?? '')) {
      return flatError(c, 401, 'unauthenticated:no-credentials', 'No API key provided. Pass one as a bearer token.')
    }
    const body = (await c.req.json().catch(() => null)) as Record<string, unknown> | null
    if (typeof body?.model !== 'string') {
      return flatError(c, 422, 'invalid-argument', 'Failed to deserialize the JSON body: missing field `model`')
    }
    try {
      const images = await imagesOf(body.messages)
      const text = textOf(body.messages)
      const campaign = campaignIn(text)
      const schema = schemaOf(body)
      const written = campaign ? writeStoryboard(campaign, images) : {}
      const fault = faults.forStoryboard(c.get('subject'))
      const fitting = schema ? conform(written, schema) : written
      return c.json(completion(body.model, text, fault ? spoilt(fitting, fault) : { content: JSON.stringify(fitting) }))
    } catch (error) {
      if (!(error instanceof BadRequest)) throw error
      return flatError(c, 400, 'invalid-argument', error.message)
    }
  })
  return routes
}

function flatError(c: Context<Env>, status: 400 | 401 | 422, code: string, error: string): Response {
  return c.json({ code, error }, status)
}

function schemaOf(body: Record<string, unknown>): Record<string, unknown> | null {
  const format = body.response_format as { type?: string; json_schema?: { schema?: unknown } } | undefined
  return format?.type === 'json_schema' ? ((format.json_schema?.schema as Record<string, unknown>) ?? null) : null
}

interface Answer {
  content: string | null
  refusal?: string
}

function spoilt(storyboard: unknown, { action }: StoryboardFault): Answer {
  const json = JSON.stringify(storyboard)
  switch (action) {
    case 'invalid_json':
      return { content: json.slice(0, Math.floor(json.length / 2)) }
    case 'refusal':
      return { content: null, refusal: REFUSAL }
    case 'unknown_assets':
      return { content: changed(json, 'asset_ids', () => [randomId(), randomId()]) }
    case 'wrong_types':
      return { content: changed(json, 'duration', (value) => [`${value} seconds`]) }
  }
}

/** The JSON with every value of this name changed, however deep. */
function changed(json: string, name: string, change: (value: unknown) => unknown): string {
  return JSON.stringify(JSON.parse(json, (key, value) => (key === name ? change(value) : value)))
}

function completion(model: string, text: string, { content, refusal }: Answer) {
  const [asked, answered] = [Math.ceil(text.length / 4), Math.ceil((content ?? refusal ?? '').length / 4)]
  return {
    id: `chatcmpl-${randomId()}`,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content, refusal: refusal ?? null },
        finish_reason: 'stop',
        logprobs: null,
      },
    ],
    usage: { prompt_tokens: asked, completion_tokens: answered, total_tokens: asked + answered },
  }
}
