import { createRoute, z } from '@hono/zod-openapi'
import { listNotes as readNotes } from '../../prisma/queries/notes.ts'
import type { ApiDeps } from '../deps.ts'
import { jobIdParam } from '../fields.ts'
import { jobId } from '../ids.ts'
import { requireJob } from '../jobs/require-job.ts'
import { json, plainRefusals, total } from '../responses.ts'
import { endpoint } from '../router.ts'
import { NoteJson, noteJson } from './note-json.ts'

const route = createRoute({
  method: 'get',
  path: '/jobs/{job_id}/notes',
  tags: ['Notes'],
  summary: "What was said of a job's films, in the order of their moments",
  description: 'Each stays with the film that it was said of: `video_version` of the job says which one is shown now.',
  request: { params: z.object({ job_id: jobIdParam }) },
  responses: {
    200: json(z.object({ data: z.array(NoteJson), meta: z.object({ total, job_id: jobId }) }), 'The notes'),
    ...plainRefusals({ 404: 'Job not found' }),
  },
})

export function listNotes({ db }: ApiDeps) {
  return endpoint(route, async (c) => {
    const { id } = await requireJob(db, c.req.valid('param').job_id)
    const data = (await readNotes(db, id)).map(noteJson)
    return c.json({ data, meta: { total: data.length, job_id: id } }, 200)
  })
}
