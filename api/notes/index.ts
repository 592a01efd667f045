/** Notes: what people say of moments of a film. */
import type { ApiDeps } from '../deps.ts'
import { addNote } from './add-note.ts'
import { deleteNote } from './delete-note.ts'
import { listNotes } from './list-notes.ts'
import { resolveNote } from './resolve-note.ts'

export function noteRoutes(deps: ApiDeps) {
  return [listNotes(deps), addNote(deps), resolveNote(deps), deleteNote(deps)] as const
}
