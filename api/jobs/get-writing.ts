import { createRoute, z } from '@hono/zod-openapi'
import type { SentMessage } from '../../domain/storyboard.ts'
import { listExchanges, type StoryboardExchange } from '../../prisma/queries/storyboard-exchanges.ts'
import type { ApiDeps } from '../deps.ts'
import { jobIdParam } from '../fields.ts'
import { assetId, jobId } from '../ids.ts'
import { json, plainRefusals, timestamp } from '../responses.ts'
import { endpoint } from '../router.ts'
import { JobJson } from './job-json.ts'
import { requireJobRow } from './require-job.ts'

const tokens = z.int().nullable()

const ExchangeJson = z
  .object({
    number: z.int().openapi({ example: 1 }),
    model: z.string().openapi({ example: 'grok-4-fast-non-reasoning' }),
    prompt_version: z.string().openapi({ description: 'Of the prompt template', example: 'v2' }),
    messages: z.array(
      z.object({
        role: z.enum(['system', 'user']).openapi({ example: 'user' }),
        parts: z.array(
          z.union([
            z.object({ type: z.literal('text'), text: z.string().openapi({ example: '<campaign>{…}</campaign>' }) }),
            z.object({
              type: z.literal('picture'),
              asset_id: assetId,
              sha256: z.string().openapi({
                description: 'Of the bytes that were sent: a smaller copy of the photo',
                example: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
              }),
              bytes: z.int().openapi({ example: 84_112 }),
            }),
          ]),
        ),
      }),
    ),
    answer: z.string().nullable().openapi({ description: 'As it came', example: '{"scenes":[…]}' }),
    finish_reason: z.string().nullable().openapi({ description: "The vendor's word", example: 'stop' }),
    problems: z.array(z.string()).openapi({ description: 'Why it was not taken; empty when it was', example: [] }),
    dropped: z
      .array(z.string())
      .openapi({ description: 'What was taken out of it: addresses, markup, what was too long', example: [] }),
    tokens: z.object({ prompt: tokens.openapi({ example: 9214 }), completion: tokens.openapi({ example: 1402 }) }),
    at: timestamp,
  })
  .openapi('StoryboardExchange')

const Answer = z
  .object({
    job_id: jobId,
    storyboard_source: JobJson.shape.storyboard_source.openapi({ example: 'grok-4-fast-non-reasoning' }),
    storyboard_note: JobJson.shape.storyboard_note,
    exchanges: z.array(ExchangeJson).openapi({ description: 'In order; none where no language model was asked' }),
  })
  .openapi('StoryboardWriting')

const route = createRoute({
  method: 'get',
  path: '/jobs/{id}/storyboard/writing',
  tags: ['Jobs'],
  summary: 'What the language model was sent when it wrote the storyboard, and what it answered',
  description: 'Each exchange has what was sent beyond the one before it. Deleted with the job.',
  request: { params: z.object({ id: jobIdParam }) },
  responses: { 200: json(Answer, 'The exchanges'), ...plainRefusals({ 404: 'Job not found' }) },
})

export function getWriting({ db }: ApiDeps) {
  return endpoint(route, async (c) => {
    const job = await requireJobRow(db, c.req.valid('param').id)
    const exchanges = await listExchanges(db, job.id)
    const { storyboardSource, storyboardNote } = job
    return c.json(
      {
        job_id: job.id,
        storyboard_source: storyboardSource,
        storyboard_note: storyboardNote,
        exchanges: exchanges.map(exchangeJson),
      },
      200,
    )
  })
}

function exchangeJson(exchange: StoryboardExchange): z.infer<typeof ExchangeJson> {
  const messages = exchange.messages as unknown as SentMessage[]
  return {
    number: exchange.number,
    model: exchange.model,
    prompt_version: exchange.promptVersion,
    messages: messages.map(({ role, parts }) => ({
      role,
      parts: parts.map((part) => {
        if (part.type === 'text') return part
        const { type, assetId: asset_id, sha256, bytes } = part
        return { type, asset_id, sha256, bytes }
      }),
    })),
    answer: exchange.answer,
    finish_reason: exchange.finishReason,
    problems: exchange.problems as string[],
    dropped: exchange.dropped as string[],
    tokens: { prompt: exchange.promptTokens, completion: exchange.completionTokens },
    at: exchange.insertedAt.toISOString(),
  }
}
