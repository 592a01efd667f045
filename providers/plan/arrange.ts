/** Puts photos in an order in which neighbours go together. */
import type { Likeness } from './likeness.ts'

/** Passes over all pairs; in practice two or three change anything. */
const MOST_PASSES = 10

/**
 * Pairs first, because a film of enough photos shows nothing but pairs; then pairs are joined at the ends that go together
 * best. Where nothing tells photos apart, they stay in their order.
 * @returns their places, all of them, in the new order
 */
export function arrange(count: number, likeness: Likeness): number[] {
  const links = linksOf(count, likeness)
  const pairs = swapPartners(pairUp(count, links), likeness)
  const chainOf = new Map<number, number[]>()
  for (const chain of pairs) for (const place of chain) chainOf.set(place, chain)
  for (const [a, b] of links) {
    const [left, right] = [chainOf.get(a), chainOf.get(b)]
    if (!left || !right || left === right) continue
    const joined = join(left, right, a, b)
    if (joined) for (const place of joined) chainOf.set(place, joined)
  }
  const order = chainOf.get(0) ?? []
  return (order[0] ?? 0) <= (order.at(-1) ?? 0) ? order : order.toReversed()
}

type Link = [a: number, b: number]

/** All links, the best first. */
function linksOf(count: number, likeness: Likeness): Link[] {
  const links: Link[] = []
  for (let a = 0; a < count; a++) for (let b = a + 1; b < count; b++) links.push([a, b])
  return links.sort((x, y) => likeness(...y) - likeness(...x) || x[0] - y[0] || x[1] - y[1])
}

/** One is left alone when their number is odd. */
function pairUp(count: number, links: readonly Link[]): number[][] {
  const alone = new Set(Array.from({ length: count }, (_, place) => place))
  const pairs = links.filter(([a, b]) => alone.has(a) && alone.has(b) && alone.delete(a) && alone.delete(b))
  return [...pairs, ...[...alone].map((place) => [place])]
}

/** The best link first may leave a bad one for last: two pairs change partners as long as that is better for both together. */
function swapPartners(chains: number[][], likeness: Likeness): number[][] {
  const pairs = chains.filter((chain): chain is Link => chain.length === 2)
  const value = ([a, b]: Link) => likeness(a, b)
  let changed = true
  for (let pass = 0; changed && pass < MOST_PASSES; pass++) {
    changed = false
    for (let i = 0; i < pairs.length; i++) {
      for (let j = i + 1; j < pairs.length; j++) {
        const [one, other] = [pairs[i], pairs[j]]
        if (!one || !other) continue
        const [a, b, c, d] = [...one, ...other]
        const now = value(one) + value(other)
        const better = ([[[a, c], [b, d]], [[a, d], [b, c]]] as [Link, Link][]) // biome-ignore format: two pairs each
          .find(([x, y]) => value(x) + value(y) > now + 1e-9)
        if (!better) continue
        ;[pairs[i], pairs[j]] = better
        changed = true
      }
    }
  }
  return [...pairs, ...chains.filter(({ length }) => length !== 2)]
}

/** Null when one of the two is not at an end of its chain. */
function join(left: number[], right: number[], a: number, b: number): number[] | null {
  const before = left.at(-1) === a ? left : left[0] === a ? left.toReversed() : null
  const after = right[0] === b ? right : right.at(-1) === b ? right.toReversed() : null
  return before && after && [...before, ...after]
}
