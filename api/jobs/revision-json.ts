/** What more is being made of a job, as the API shows it. */
import { z } from '@hono/zod-openapi'
import { REVISION_KINDS, REVISION_STATES } from '../../domain/revision.ts'
import type { Revision } from '../../prisma/queries/revisions.ts'

export const RevisionJson = z
  .object({
    number: z.int().openapi({ description: 'From 1, counting up per job', example: 1 }),
    kind: z.enum(REVISION_KINDS).openapi({ example: 'regenerate' }),
    state: z.enum(REVISION_STATES).openapi({ example: 'queued' }),
    error: z.string().nullable().openapi({ description: 'Why it came to nothing', example: null }),
    by: z.string().nullable().openapi({ example: 'Anna' }),
  })
  .openapi('Revision')

export function revisionJson({ number, kind, state, error, by }: Revision): z.infer<typeof RevisionJson> {
  return {
    number,
    kind: kind as z.infer<typeof RevisionJson>['kind'],
    state: state as z.infer<typeof RevisionJson>['state'],
    error,
    by,
  }
}
