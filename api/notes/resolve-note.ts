import { createRoute, z } from '@hono/zod-openapi'
import { findNote, resolveNote as markNote } from '../../prisma/queries/notes.ts'
import { deciderName } from '../auth/principal.ts'
import type { ApiDeps } from '../deps.ts'
import { found } from '../errors.ts'
import { body, boolean, jobIdParam, jsonBody, text, uuidParam } from '../fields.ts'
import { requireJob } from '../jobs/require-job.ts'
import { json, plainRefusals } from '../responses.ts'
import { endpoint } from '../router.ts'
import { noteJson, OneNote } from './note-json.ts'

const Change = body({
  resolved: boolean(z.boolean({ error: 'must be true or false' })).openapi({ type: 'boolean' }),
  by: text,
}).openapi('NoteChange', { example: { resolved: true, by: 'Ben' } })

const route = createRoute({
  method: 'patch',
  path: '/jobs/{job_id}/notes/{note_id}',
  tags: ['Notes'],
  summary: 'Mark a note as done, or as open again',
  request: { params: z.object({ job_id: jobIdParam, note_id: uuidParam('Note') }), body: jsonBody(Change) },
  responses: {
    200: json(OneNote, 'The note as it is now'),
    ...plainRefusals({
      404: ['Unknown job or note', { error: 'Note not found' }],
      422: ['A field is wrong', { error: 'Validation failed', details: { resolved: ['must be true or false'] } }],
    }),
  },
})

export function resolveNote({ db }: ApiDeps) {
  return endpoint(route, async (c) => {
    const { job_id, note_id } = c.req.valid('param')
    const { resolved, by } = c.req.valid('json')
    await requireJob(db, job_id)
    const note = found(await findNote(db, job_id, note_id), 'Note')
    const changed = found(await markNote(db, note, resolved, deciderName(c, by)), 'Note')
    return c.json({ data: noteJson(changed) }, 200)
  })
}
