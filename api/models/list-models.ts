import { createRoute, z } from '@hono/zod-openapi'
import { videoModels } from '../../providers/models.ts'
import { voiceModel } from '../../providers/voice-models.ts'
import type { ApiDeps } from '../deps.ts'
import { json, total } from '../responses.ts'
import { endpoint } from '../router.ts'
import { ModelJson, musicModelJson, videoModelJson, voiceModelJson } from './model-json.ts'

const route = createRoute({
  method: 'get',
  path: '/models',
  tags: ['Models'],
  summary: 'The models that jobs buy from, with what they render and their prices',
  description:
    'A scene costs the price of a second, of the rate that is bought, times the duration that its model renders; its music and its voice-over come on top. This is what estimates are made of.',
  responses: {
    200: json(
      z.object({ data: z.array(ModelJson), meta: z.object({ total, currency: z.literal('USD') }) }),
      'Every video model, and the music and the voice that are configured',
    ),
  },
})

export function listModels({ config }: ApiDeps) {
  return endpoint(route, (c) => {
    const data = [
      ...videoModels().map((model) => videoModelJson(model, config)),
      musicModelJson(config),
      voiceModelJson(voiceModel(config.voiceModel)),
    ]
    return c.json({ data, meta: { total: data.length, currency: 'USD' as const } }, 200)
  })
}
