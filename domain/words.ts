/** Words on the picture: what stands in a storyboard, or is asked for with the job. Pure: no I/O. */
import { z } from 'zod'

/** What the words are for, which decides where and how they are shown. */
export const OVERLAY_KINDS = ['title', 'price', 'call_to_action'] as const
export type OverlayKind = (typeof OVERLAY_KINDS)[number]

/** How many words are read in a scene, at most: Unicode characters. */
export const MAX_OVERLAY_CHARACTERS = 200
export const MAX_CAPTION_CHARACTERS = 300

export const Overlay = z.object({ kind: z.enum(OVERLAY_KINDS), text: z.string() })
export type Overlay = z.infer<typeof Overlay>

/** The column of a scene that holds them. */
export const Overlays = z.array(Overlay)

/** burned: part of the picture; soft: a track that players turn on and off. */
export const CAPTION_MODES = ['burned', 'soft', 'off'] as const

/** Words that are asked for with the job rather than scene by scene. */
export const FilmWords = z.object({
  title: z.string().nullable(),
  price: z.string().nullable(),
  callToAction: z.string().nullable(),
})
export type FilmWords = z.infer<typeof FilmWords>

/** Puts the film's words where they belong: its title into the first scene, price and call to action into the last. */
export function placeWords<S extends { overlays?: Overlay[] }>(scenes: readonly S[], words: FilmWords): S[] {
  const shown = (kind: OverlayKind, text: string | null): Overlay[] => (text ? [{ kind, text }] : [])
  return scenes.map((scene, index) => {
    const placed = [
      ...(index === 0 ? shown('title', words.title) : []),
      ...(index === scenes.length - 1
        ? [...shown('price', words.price), ...shown('call_to_action', words.callToAction)]
        : []),
    ]
    return placed.length > 0 ? { ...scene, overlays: [...(scene.overlays ?? []), ...placed] } : scene
  })
}
