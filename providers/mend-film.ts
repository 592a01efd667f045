/** What of a language model's storyboard is put right without asking it again. */
import type { PhotoType, StoryboardBrief, StoryboardScene } from '../domain/storyboard.ts'
import { inVisitOrder } from './plan/photo-types.ts'

type Scene = Pick<
  StoryboardScene,
  'scene_type' | 'transition' | 'music_description' | 'music_style' | 'music_energy'
> & { asset_ids: readonly string[] }

/**
 * A scene of a property is called what the model says that its first photo shows, for the two come from one look at it. A
 * tour goes from outside in, room after room, and photos that somebody named begin scenes in their order: scenes that stand
 * elsewhere are moved. The film's arc stays where it is, and so do music and transitions.
 * @param judged what the model says that photos of a property show; null for none of the types
 */
export function mendFilm<Some extends Scene>(
  scenes: readonly Some[],
  brief: StoryboardBrief,
  judged: readonly PhotoType[],
): Some[] {
  const called = brief.propertyTypes?.length ? calledByPhotos(scenes, judged) : [...scenes]
  return inFilmOrder(called, brief).map((scene, index) => {
    const { transition, music_description, music_style, music_energy } = scenes[index] ?? scene
    return { ...scene, transition, music_description, music_style, music_energy }
  })
}

function calledByPhotos<Some extends Scene>(scenes: readonly Some[], judged: readonly PhotoType[]): Some[] {
  const typeOf = new Map(judged.map(({ id, type }) => [id, type]))
  return scenes.map((scene) => ({ ...scene, scene_type: typeOf.get(scene.asset_ids[0] ?? '') ?? scene.scene_type }))
}

function inFilmOrder<Some extends Scene>(scenes: Some[], { photos, propertyTypes, hasOwnOrder }: StoryboardBrief) {
  const visit = propertyTypes?.length ? inVisitOrder(scenes.map(({ scene_type }) => scene_type)) : []
  const placeOf = new Map(photos.map(({ id }, place) => [id, place]))
  const firsts = scenes.map(({ asset_ids: [first] }) => first)
  // A photo that has to begin two scenes is better not shown right after itself.
  const isTheirs = hasOwnOrder && new Set(firsts).size === firsts.length
  const place = ({ asset_ids: [first = ''] }: Some) => (isTheirs ? (placeOf.get(first) ?? 0) : 0)
  return scenes.toSorted((a, b) => visit.indexOf(a.scene_type) - visit.indexOf(b.scene_type) || place(a) - place(b))
}
