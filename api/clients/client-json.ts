/** A client as the API takes and shows it: snake_case throughout. */
import { z } from '@hono/zod-openapi'
import type { Client } from '../../prisma/queries/clients.ts'
import { budgetCents, budgetUsd, ownersBudgetField } from '../budgets/budget-field.ts'
import { callbackUrlField, readCallbackUrl } from '../callback-url.ts'
import type { ApiDeps } from '../deps.ts'
import { body, freeForm, requiredName, text } from '../fields.ts'
import { clientId } from '../ids.ts'
import { jsonObject, nullableJson } from '../json-column.ts'
import { timestamp } from '../responses.ts'

export const ClientJson = z
  .object({
    id: clientId,
    name: z.string().openapi({ example: 'Harbour Homes' }),
    description: z.string().nullable().openapi({ example: 'Flats by the water' }),
    homepage: z.string().nullable().openapi({ example: 'https://harbour-homes.example' }),
    metadata: z.unknown().openapi({ description: 'An object', example: { region: 'north' } }),
    brand_guidelines: z.unknown().openapi({ description: 'A string or an object', example: 'Warm light, calm pace' }),
    callback_url: z.string().nullable().openapi({ example: 'https://harbour-homes.example/hooks/greenlight' }),
    budget_usd: z
      .number()
      .nullable()
      .openapi({ description: 'What its jobs may cost in all; null for no limit', example: 500 }),
    inserted_at: timestamp,
    updated_at: timestamp,
  })
  .openapi('Client')

const optional = {
  description: text,
  homepage: text,
  metadata: freeForm,
  brand_guidelines: z.union([z.string(), freeForm], { error: 'must be a string or an object' }),
  callback_url: callbackUrlField,
  budget_usd: ownersBudgetField,
}
export const NewClient = body({ name: requiredName, ...optional }).openapi('NewClient', {
  example: {
    name: 'Harbour Homes',
    homepage: 'https://harbour-homes.example',
    brand_guidelines: 'Warm light, calm pace',
  },
})
export const ClientChanges = body({ name: requiredName.optional(), ...optional }).openapi('ClientChanges', {
  example: { description: 'Flats by the water' },
})

export function clientJson(client: Client): z.infer<typeof ClientJson> {
  return {
    id: client.id,
    name: client.name,
    description: client.description,
    homepage: client.homepage,
    metadata: client.metadata,
    brand_guidelines: client.brandGuidelines,
    callback_url: client.callbackUrl,
    budget_usd: budgetUsd(client.budgetCents),
    inserted_at: client.insertedAt.toISOString(),
    updated_at: client.updatedAt.toISOString(),
  }
}

/** The columns that a body sets; those of absent fields are undefined, which leaves them as they are. */
export function clientColumns<T extends z.infer<typeof ClientChanges>>(config: ApiDeps['config'], fields: T) {
  return {
    name: fields.name as T['name'],
    description: fields.description,
    homepage: fields.homepage,
    metadata: jsonObject(fields.metadata),
    brandGuidelines: nullableJson(fields.brand_guidelines),
    callbackUrl: readCallbackUrl(config, fields.callback_url),
    budgetCents: budgetCents(fields.budget_usd),
  }
}
