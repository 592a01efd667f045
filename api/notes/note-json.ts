/** A note as the API shows it. */
import { z } from '@hono/zod-openapi'
import type { Note } from '../../prisma/queries/notes.ts'
import { EXAMPLES, jobId } from '../ids.ts'
import { timestamp } from '../responses.ts'

/** Which film of a job something is about. */
export const videoVersionJson = z.int().openapi({
  description: 'Which of the films of the job: from 1, counted up whenever another takes its place',
  example: 1,
})

export const NoteJson = z
  .object({
    id: z.uuid().openapi({ example: EXAMPLES.note }),
    job_id: jobId,
    video_version: videoVersionJson,
    at_seconds: z.number().openapi({ description: "Seconds from the film's beginning", example: 12.5 }),
    text: z.string().openapi({ example: 'Too dark: the lamp should be lit' }),
    by: z.string().nullable().openapi({ example: 'Anna' }),
    resolved: z.boolean().openapi({ example: false }),
    resolved_by: z.string().nullable().openapi({ example: null }),
    resolved_at: timestamp.nullable().openapi({ example: null }),
    inserted_at: timestamp,
  })
  .openapi('Note')

export const OneNote = z.object({ data: NoteJson }).openapi('OneNote')

export function noteJson(note: Note): z.infer<typeof NoteJson> {
  const { id, text, by, resolvedAt, resolvedBy } = note
  return {
    ...{ id, text, by },
    job_id: note.jobId,
    video_version: note.videoVersion,
    at_seconds: note.atSeconds,
    resolved: resolvedAt !== null,
    resolved_by: resolvedBy,
    resolved_at: resolvedAt?.toISOString() ?? null,
    inserted_at: note.insertedAt.toISOString(),
  }
}
