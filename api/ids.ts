/** Ids as answers show them. Every example of the OpenAPI document is about the same few rows. */
import { z } from '@hono/zod-openapi'

export const EXAMPLES = {
  client: '0b5c7a52-3b0e-4a57-9d0c-5a3c1f2e7d10',
  campaign: '5d1f0c3e-8a44-4f4b-b0a9-2f6f1f0f7c21',
  assets: ['9a6f2f1c-1f0e-4c43-9f7e-2f6c9f1f4d31', 'c3b1e7d4-7c55-4f0a-8f57-0c9d5e6a1b32'],
  scene: '3f0c1a52-6f0e-4c43-9f7e-2f6c9f1f4d41',
  note: 'b2f4c6d8-1a3c-4e5f-8a7b-9c0d1e2f3a41',
  job: 7,
} as const

export const clientId = z.uuid().openapi({ example: EXAMPLES.client })
export const campaignId = z.uuid().openapi({ example: EXAMPLES.campaign })
export const assetId = z.uuid().openapi({ example: EXAMPLES.assets[0] })
export const sceneId = z.uuid().openapi({ example: EXAMPLES.scene })
export const jobId = z.int().openapi({ example: EXAMPLES.job })
