import { createRoute, z } from '@hono/zod-openapi'
import { findNote, deleteNote as removeNote } from '../../prisma/queries/notes.ts'
import { requireRole } from '../auth/principal.ts'
import type { ApiDeps } from '../deps.ts'
import { found } from '../errors.ts'
import { jobIdParam, uuidParam } from '../fields.ts'
import { requireJob } from '../jobs/require-job.ts'
import { plainRefusals } from '../responses.ts'
import { endpoint } from '../router.ts'

const route = createRoute({
  method: 'delete',
  path: '/jobs/{job_id}/notes/{note_id}',
  tags: ['Notes'],
  summary: 'Delete a note: who wrote it, or an approver',
  request: { params: z.object({ job_id: jobIdParam, note_id: uuidParam('Note') }) },
  responses: {
    204: { description: 'It is gone' },
    ...plainRefusals({ 404: ['Unknown job or note', { error: 'Note not found' }] }),
  },
})

export function deleteNote({ db }: ApiDeps) {
  return endpoint(route, async (c) => {
    const { job_id, note_id } = c.req.valid('param')
    await requireJob(db, job_id)
    const note = found(await findNote(db, job_id, note_id), 'Note')
    if (note.authorId !== c.var.principal.id) requireRole(c, 'approver', "Deleting somebody else's note")
    await removeNote(db, note)
    return c.body(null, 204)
  })
}
