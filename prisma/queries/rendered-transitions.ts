/** Transitions that are rendered: found by what they show, so that films, revisions and retries share them. */
import type { Database, Db, Prisma } from '../client.ts'
import type { RenderedTransition } from '../generated/client.ts'

/** What a transition shows. */
export type TransitionKey = Pick<RenderedTransition, 'fromClip' | 'toClip' | 'kind' | 'frames' | 'profile'>

const PAGE = 200

/** @returns the hash of its picture; null when it is still to be rendered */
export async function findTransition(db: Db, key: TransitionKey): Promise<string | null> {
  const found = await db.renderedTransition.findUnique({ where: { fromClip_toClip_kind_frames_profile: key } })
  return found?.blobHash ?? null
}

/** Of two that rendered it at once the last is kept; the bytes of the other are tidied up. */
export async function keepTransition(db: Database, key: TransitionKey, blobHash: string): Promise<void> {
  const where = { fromClip_toClip_kind_frames_profile: key }
  await db.renderedTransition.upsert({ where, create: { ...key, blobHash }, update: { blobHash } })
}

/** Those that show one of these clips. */
export const showing = (clips: string[]): Prisma.RenderedTransitionWhereInput => ({
  OR: [{ fromClip: { in: clips } }, { toClip: { in: clips } }],
})

/** Forgets those of which a clip is gone: no film can show them any more. @returns how many */
export async function forgetTransitions(db: Database): Promise<number> {
  let forgotten = 0
  for (let after = ''; ; ) {
    const page = await db.renderedTransition.findMany({
      where: { id: { gt: after } },
      orderBy: { id: 'asc' },
      take: PAGE,
    })
    const last = page.at(-1)
    if (!last) return forgotten
    after = last.id
    const kept = await keptClips(db, [...new Set(page.flatMap(({ fromClip, toClip }) => [fromClip, toClip]))])
    const gone = page.filter(({ fromClip, toClip }) => !kept.has(fromClip) || !kept.has(toClip))
    const { count } = await db.renderedTransition.deleteMany({ where: { id: { in: gone.map(({ id }) => id) } } })
    forgotten += count
  }
}

async function keptClips(db: Database, hashes: string[]): Promise<Set<string | null>> {
  const which = { where: { clipHash: { in: hashes } }, select: { clipHash: true } }
  const [takes, scenes] = await Promise.all([db.take.findMany(which), db.scene.findMany(which)])
  return new Set([...takes, ...scenes].map(({ clipHash }) => clipHash))
}
