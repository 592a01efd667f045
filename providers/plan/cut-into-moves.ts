/** Makes of photos in their order the moves of a film: from which photo to which. */
import type { Likeness } from './likeness.ts'

/** Places in the order: what a scene begins on, what it ends on. */
export type Move = [first: number, last: number]

/**
 * @param count photos in an order in which neighbours go together
 * @returns exactly so many moves. No photo is shown twice if there are two for each move; with fewer, some are the end of one
 *   move and the beginning of the next; with no more photos than moves, each begins one before any begins a second.
 */
export function cutIntoMoves(count: number, moves: number, likeness: Likeness): Move[] {
  if (count >= 2 * moves) return bestOfEachPart(count, moves, likeness)
  return count > moves ? withoutWorstLinks(count, moves, likeness) : around(count, moves, likeness)
}

/** As many parts of the order as there are moves, and of each the two photos that go together best. */
function bestOfEachPart(count: number, moves: number, likeness: Likeness): Move[] {
  return Array.from({ length: moves }, (_, part) => {
    const from = Math.floor((part * count) / moves)
    const to = Math.floor(((part + 1) * count) / moves)
    let best: Move = [from, from + 1]
    for (let a = from; a < to; a++)
      for (let b = a + 1; b < to; b++) if (likeness(a, b) > likeness(...best) + 1e-9) best = [a, b]
    return best
  })
}

/**
 * Every photo is shown, and the links that are left out are those that go together worst: none of them beside another, or a
 * photo would be shown in no move.
 */
function withoutWorstLinks(count: number, moves: number, likeness: Likeness): Move[] {
  const links: Move[] = Array.from({ length: count - 1 }, (_, place) => [place, place + 1])
  /** The least that can be lost by leaving out so many of the links before `end`. */
  const memo = new Map<number, { lost: number; out: number[] }>()
  const leaveOut = (end: number, many: number): { lost: number; out: number[] } => {
    if (many === 0) return { lost: 0, out: [] }
    if (end < 2) return { lost: Number.POSITIVE_INFINITY, out: [] }
    const key = end * count + many
    const known = memo.get(key)
    if (known) return known
    const kept = leaveOut(end - 1, many)
    const before = leaveOut(end - 2, many - 1)
    const place = end - 1
    const dropped = { lost: before.lost + likeness(place, place + 1), out: [...before.out, place] }
    const best = dropped.lost < kept.lost ? dropped : kept
    memo.set(key, best)
    return best
  }
  // The first and the last link always stay.
  const { out } = leaveOut(links.length - 1, links.length - moves)
  return links.filter((_, place) => !out.includes(place))
}

/** Round and round: each photo begins a move and ends one, and a move that was there already is the last to be chosen. */
function around(count: number, moves: number, likeness: Likeness): Move[] {
  const made: Move[] = []
  for (let index = 0; index < moves; index++) {
    const first = index % count
    const others = Array.from({ length: count - 1 }, (_, step) => (first + 1 + step) % count)
    const isSame = (last: number) => Number(likeness(first, last) < 0)
    const between = (last: number) =>
      made.filter(([a, b]) => (a === first && b === last) || (a === last && b === first))
    const endings = (last: number) => made.filter(([, end]) => end === last)
    const [best = first] = others.toSorted(
      (a, b) =>
        isSame(a) - isSame(b) ||
        between(a).length - between(b).length ||
        endings(a).length - endings(b).length ||
        likeness(first, b) - likeness(first, a),
    )
    made.push([first, best])
  }
  return made
}
