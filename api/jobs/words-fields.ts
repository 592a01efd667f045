/** The fields of a scene that put words on its picture. */
import { z } from '@hono/zod-openapi'
import { MAX_CAPTION_CHARACTERS, MAX_OVERLAY_CHARACTERS, OVERLAY_KINDS } from '../../domain/words.ts'
import { nullable } from '../fields.ts'

/** A line of words; blank counts as none. @param most characters, as people count them: an emoji is one */
export const shownText = (most: number) =>
  z
    .string({ error: 'must be a string' })
    .trim()
    .refine((text) => [...text].length <= most, { error: `has more than ${most} characters` })
    .transform((text) => text || null)
    .nullish()

const overlay = z.object(
  {
    kind: z.enum(OVERLAY_KINDS, { error: `must be one of ${OVERLAY_KINDS.join(', ')}` }),
    text: z
      .string({ error: 'must be a string' })
      .trim()
      .min(1, { error: 'is empty: leave the overlay out instead' })
      .refine((text) => [...text].length <= MAX_OVERLAY_CHARACTERS, {
        error: `has more than ${MAX_OVERLAY_CHARACTERS} characters`,
      }),
  },
  { error: 'must be an object with kind and text' },
)

export const wordsFields = {
  overlays: nullable(
    z
      .array(overlay, { error: 'must be a list of overlays' })
      .max(OVERLAY_KINDS.length, { error: `has more than ${OVERLAY_KINDS.length} overlays` })
      .refine((overlays) => new Set(overlays.map(({ kind }) => kind)).size === overlays.length, {
        error: 'has two of the same kind',
      })
      .optional(),
  ).openapi({
    description: 'Words on the picture; an empty list takes them off',
    example: [{ kind: 'title', text: 'A house by the lake' }],
  }),
  caption: shownText(MAX_CAPTION_CHARACTERS).openapi({
    description: 'What is said or shown, as a caption; null for none',
    example: 'The kitchen opens to the water',
  }),
}
