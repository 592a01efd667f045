import { z } from '@hono/zod-openapi'
import { ROLES } from '../../domain/role.ts'
import type { Principal } from '../auth/principal.ts'
import { timestamp } from '../responses.ts'

export const SessionJson = z
  .object({
    name: z.string().openapi({ description: 'The name of the key', example: 'Anna' }),
    role: z.enum(ROLES).openapi({ example: 'approver' }),
    client_id: z.uuid().nullable().openapi({ description: 'Null: every client', example: null }),
    expires_at: timestamp.nullable().openapi({ description: 'Null when the request came with a key, or needs none' }),
  })
  .openapi('Session')

export function sessionJson({ name, role, clientId }: Principal, ends: Date | null): z.infer<typeof SessionJson> {
  return { name, role, client_id: clientId, expires_at: ends?.toISOString() ?? null }
}
