import { createRoute, z } from '@hono/zod-openapi'
import { addNote as insertNote } from '../../prisma/queries/notes.ts'
import { deciderName } from '../auth/principal.ts'
import type { ApiDeps } from '../deps.ts'
import { ApiError } from '../errors.ts'
import { body, jobIdParam, jsonBody, nullable, required, text } from '../fields.ts'
import { requireJob } from '../jobs/require-job.ts'
import { json, plainRefusals } from '../responses.ts'
import { endpoint } from '../router.ts'
import { noteJson, OneNote } from './note-json.ts'

const LONGEST = 2000

const NewNote = body({
  at_seconds: z
    .number({ error: 'must be a number of seconds' })
    .min(0, { error: 'must not be negative' })
    .openapi({ description: "Seconds from the film's beginning" }),
  text: required.max(LONGEST, { error: `has more than ${LONGEST} characters` }),
  video_version: nullable(
    z.int({ error: 'must be a whole number' }).min(1, { error: 'must be at least 1' }).optional(),
  ).openapi({ type: 'integer', description: 'Which film it is said of; the one that is shown when absent' }),
  by: text,
}).openapi('NewNote', { example: { at_seconds: 12.5, text: 'Too dark: the lamp should be lit', by: 'Anna' } })

const route = createRoute({
  method: 'post',
  path: '/jobs/{job_id}/notes',
  tags: ['Notes'],
  summary: "Say something of a moment of a job's film",
  request: { params: z.object({ job_id: jobIdParam }), body: jsonBody(NewNote) },
  responses: {
    201: json(OneNote, 'The note'),
    ...plainRefusals({
      404: 'Job not found',
      422: [
        'There is no film yet, or a field is wrong',
        { error: 'Validation failed', details: { at_seconds: ["must be at most 24, the film's end"] } },
      ],
    }),
  },
})

export function addNote({ db }: ApiDeps) {
  return endpoint(route, async (c) => {
    const { job_id } = c.req.valid('param')
    const { at_seconds, text, video_version, by } = c.req.valid('json')
    await requireJob(db, job_id)
    const noted = await insertNote(db, job_id, {
      ...{ text, atSeconds: at_seconds, videoVersion: video_version },
      ...{ by: deciderName(c, by), authorId: c.var.principal.id },
    })
    if (noted.outcome === 'unknown') throw new ApiError(404, 'Job not found', { extra: { job_id } })
    if (noted.outcome === 'refused') {
      const { field, reason } = noted
      if (field) throw new ApiError(422, 'Validation failed', { details: { [field]: [reason] } })
      throw new ApiError(422, 'Note cannot be added', { extra: { job_id, reason } })
    }
    return c.json({ data: noteJson(noted.note) }, 201)
  })
}
