/** What every writer of a storyboard is given: the photos without those that show a picture again. */
import type { StoryboardBrief } from '../../domain/storyboard.ts'
import { nearDuplicates } from './near-duplicates.ts'

export interface PreparedBrief {
  brief: StoryboardBrief
  leftOut: { id: string; name: string; reason: string }[]
}

/**
 * Takes near-duplicates out, as long as every scene can still begin on a picture of its own; where nobody asked for a
 * number of scenes, there are fewer. Photos that somebody named all stay, unless they are more than the scenes can show.
 */
export function prepareBrief(brief: StoryboardBrief): PreparedBrief {
  const repeats = nearDuplicates(brief.photos, brief.aspectRatio)
  const pictures = brief.photos.filter(({ id }) => !repeats.has(id))
  const isTheirs = brief.hasOwnOrder || pictures.length < 2
  const sceneCount = isTheirs ? brief.sceneCount : scenesOf(brief, pictures.length)
  const needed = brief.hasOwnOrder ? 2 * sceneCount : Math.max(2, sceneCount)
  if (pictures.length >= needed) return without(brief, sceneCount, (id) => repeats.get(id) ?? null)
  const spared = brief.photos.filter(({ id }) => repeats.has(id)).slice(0, needed - pictures.length)
  const stays = new Set(spared.map(({ id }) => id))
  return without(brief, sceneCount, (id) => (stays.has(id) ? null : (repeats.get(id) ?? null)))
}

/** How many scenes so many photos make: each begins one, and of pairs the last one ends the film. */
export function scenesOf({ sceneCount, scenesFollowPhotos, jobType }: StoryboardBrief, photos: number): number {
  if (!scenesFollowPhotos) return sceneCount
  return Math.max(1, Math.min(sceneCount, jobType === 'image_pairs' ? photos - 1 : photos))
}

function without(
  brief: StoryboardBrief,
  sceneCount: number,
  repeated: (id: string) => { name: string } | null,
): PreparedBrief {
  const leftOut = brief.photos.flatMap(({ id, name }) => {
    const better = repeated(id)
    return better ? [{ id, name, reason: `It shows the same as ${better.name}.` }] : []
  })
  const photos = brief.photos.filter(({ id }) => repeated(id) === null)
  return { brief: { ...brief, sceneCount, photos }, leftOut }
}
