/** A campaign as the API takes and shows it: shown in camelCase, taken in both spellings. */
import { z } from '@hono/zod-openapi'
import type { Campaign } from '../../prisma/queries/campaigns.ts'
import { budgetCents, budgetUsd, ownersBudgetField } from '../budgets/budget-field.ts'
import { body, freeForm, nullable, required, requiredName, text } from '../fields.ts'
import { campaignId, clientId, EXAMPLES } from '../ids.ts'
import { jsonObject, nullableJson } from '../json-column.ts'
import { timestamp } from '../responses.ts'

export const CampaignJson = z
  .object({
    id: campaignId,
    clientId,
    name: z.string().openapi({ example: 'Lakeside' }),
    goal: z.string().nullable().openapi({ example: 'Sell twelve flats before the summer' }),
    status: z.string().openapi({ example: 'active' }),
    productUrl: z.string().nullable().openapi({ example: 'https://harbour-homes.example/lakeside' }),
    brief: z
      .unknown()
      .openapi({ description: 'A string or an object', example: 'Bright rooms, and the lake in every scene' }),
    metadata: z.unknown().openapi({ description: 'An object', example: { season: 'spring' } }),
    budgetUsd: z
      .number()
      .nullable()
      .openapi({ description: 'What its jobs may cost in all; null for no limit', example: 120 }),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .openapi('Campaign')

const clientIdField = required.toLowerCase().openapi({ format: 'uuid' })
const optional = {
  goal: text,
  status: nullable(z.string().trim().min(1).max(64).optional()),
  product_url: text,
  brief: z.union([z.string(), freeForm], { error: 'must be a string or an object' }),
  metadata: freeForm,
  budget_usd: ownersBudgetField,
}
export const NewCampaign = body({ name: requiredName, client_id: clientIdField, ...optional }).openapi('NewCampaign', {
  example: { name: 'Lakeside', client_id: EXAMPLES.client, brief: 'Bright rooms, and the lake in every scene' },
})
export const CampaignChanges = body({
  name: requiredName.optional(),
  client_id: clientIdField.optional(),
  ...optional,
}).openapi('CampaignChanges', { example: { goal: 'Sell twelve flats before the summer' } })

export function campaignJson(campaign: Campaign): z.infer<typeof CampaignJson> {
  return {
    id: campaign.id,
    clientId: campaign.clientId,
    name: campaign.name,
    goal: campaign.goal,
    status: campaign.status,
    productUrl: campaign.productUrl,
    brief: campaign.brief,
    metadata: campaign.metadata,
    budgetUsd: budgetUsd(campaign.budgetCents),
    createdAt: campaign.insertedAt.toISOString(),
    updatedAt: campaign.updatedAt.toISOString(),
  }
}

/** The columns that a body sets; those of absent fields are undefined, which leaves them as they are. */
export function campaignColumns<T extends z.infer<typeof CampaignChanges>>(fields: T) {
  return {
    name: fields.name as T['name'],
    clientId: fields.client_id as T['client_id'],
    goal: fields.goal,
    status: fields.status,
    productUrl: fields.product_url,
    brief: nullableJson(fields.brief),
    metadata: jsonObject(fields.metadata),
    budgetCents: budgetCents(fields.budget_usd),
  }
}
