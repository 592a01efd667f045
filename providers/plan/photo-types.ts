/** Which part of a property a photo shows, judged by what its owner wrote about it. */
import type { PhotoType, StoryboardPhoto } from '../../domain/storyboard.ts'
import { labelOf, says, spoken } from './photo-words.ts'
import { PROPERTY_PARTS, type PropertyPart } from './property-words.ts'

/** How far each text is believed: a tag is put there to say what is shown, a description also tells of what is not. */
const BELIEVED = { tags: 0.9, name: 0.8, description: 0.6 } as const
/** Where a part stands for the whole that is asked for, or one text names more than one type. */
const LESS = 0.75

/** Fewer make no film: then a photo is shown for what it is not rather than none. */
const FEWEST = 2

/** The types in the order of a visit: from outside in, then as they were named. */
export function inVisitOrder(types: readonly string[]): string[] {
  const isOutside = (type: string) => partOf(type)?.name === 'exterior'
  return [...new Set(types)].sort((a, b) => Number(isOutside(b)) - Number(isOutside(a)))
}

/**
 * Gives every photo one of `types`, and says how sure that is. A photo whose tags, name and description say nothing goes to the
 * type that has the fewest so far, with no confidence at all; one that shows a part which is not among them has none.
 * @returns in the order of the photos
 */
export function classifyPhotos(photos: readonly StoryboardPhoto[], types: readonly string[]): PhotoType[] {
  const visit = inVisitOrder(types)
  const judged = photos.map((photo) => judge(photo, visit))
  const isUseful = judged.filter((judgement) => !isOther(judgement)).length >= Math.min(FEWEST, photos.length)
  const counts = new Map(visit.map((type) => [type, 0]))
  const count = (type: string) => counts.set(type, (counts.get(type) ?? 0) + 1)
  for (const judgement of judged) if (judgement && 'type' in judgement) count(judgement.type)
  return photos.map(({ id }, index) => {
    const judgement = judged[index] ?? null
    if (judgement && 'type' in judgement) return { id, ...judgement }
    if (isUseful && isOther(judgement))
      return { id, type: null, confidence: judgement.confidence, reason: judgement.other }
    const [type] = [...counts].reduce((a, b) => (b[1] < a[1] ? b : a))
    count(type)
    return { id, type, confidence: 0 }
  })
}

/** What a photo's words say: an allowed type, or another part (a sentence); null for nothing. */
type Judgement = { type: string; confidence: number } | { other: string; confidence: number } | null

const isOther = (judgement: Judgement) => judgement !== null && 'other' in judgement

function judge({ name, description, tags }: StoryboardPhoto, types: readonly string[]): Judgement {
  const texts = [
    { of: 'tags', text: tags.join(' , ') },
    { of: 'name', text: labelOf(name) },
    { of: 'description', text: description ?? '' },
  ] as const
  for (const { of, text } of texts) {
    const judgement = judgeText(spoken(text), types)
    if (!judgement) continue
    const confidence = round(BELIEVED[of] * judgement.believed)
    if (judgement.type) return { type: judgement.type, confidence }
    const { named } = judgement
    if (named)
      return {
        other: `Its ${of === 'tags' ? 'tags say' : `${of} says`} “${named}”, which is not asked for.`,
        confidence,
      }
  }
  return null
}

interface SaidByText {
  type: string | null
  /** The part, in words, where it is none of the types. */
  named: string | null
  believed: number
}

function judgeText(text: string, types: readonly string[]): SaidByText | null {
  const parts = PROPERTY_PARTS.filter(({ words }) => words.some((word) => says(text, word)))
  // "interior, kitchen" is a kitchen.
  const specificFirst = [...types].sort((a, b) => Number(isWhole(a)) - Number(isWhole(b)))
  const direct = specificFirst.filter(
    (type) => says(text, spoken(type)) || parts.some(({ name }) => name === partOf(type)?.name),
  )
  const byName = direct.find((type) => says(text, spoken(type)))
  const [type] = byName ? [byName] : direct.sort((a, b) => place(a, parts) - place(b, parts))
  const others = direct.filter((other) => other !== type && !isWhole(other))
  if (type) return { type, named: null, believed: others.length > 0 ? LESS : 1 }
  const [part] = parts
  if (!part) return null
  const whole = types.find((candidate) => part.within !== null && partOf(candidate)?.name === part.within)
  if (whole) return { type: whole, named: null, believed: LESS }
  // "Inside" may be any of the rooms.
  if (types.some((candidate) => partOf(candidate)?.within === part.name)) return null
  return { type: null, named: part.name.replaceAll('_', ' '), believed: 1 }
}

const isWhole = (type: string) => ['exterior', 'interior'].includes(partOf(type)?.name ?? '')
const place = (type: string, parts: PropertyPart[]) => parts.findIndex(({ name }) => name === partOf(type)?.name)

/** What an allowed type means, when it is one of the usual ones or a word for it. */
function partOf(type: string): PropertyPart | undefined {
  const wanted = spoken(type)
  return PROPERTY_PARTS.find(({ words }) => words.includes(wanted))
}

const round = (value: number) => Math.round(value * 100) / 100
