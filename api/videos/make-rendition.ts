/**
 * A job's film or storyboard in another form: made when it is first asked for, kept until there is another film. Whoever
 * asks meanwhile waits for the same one.
 */
import { Semaphore } from 'async-mutex'
import { withWorkFolder } from '../../assets/work-folder.ts'
import {
  findRendition,
  type NewRendition,
  type RenditionKind,
  saveRenditions,
} from '../../prisma/queries/renditions.ts'
import { asServer } from '../auth/caller-scope.ts'
import type { ApiDeps } from '../deps.ts'

/** At once in this process: the API has other things to do. */
const AT_ONCE = new Semaphore(2)
const making = new Map<string, Promise<NewRendition[]>>()

export interface Work {
  /** Gone afterwards. */
  folder: string
  /** Moves a file into the store as a form of the job's, which it is once all that is made with it is there. Returns its hash. */
  keep(kind: RenditionKind, file: string): Promise<string>
}

/**
 * @param source the hash of what it is made from
 * @param make keeps the form that is asked for, and those that `needs` names
 * @param needs kinds without which the form is worth nothing
 * @throws MediaError
 */
export async function renditionOf(
  deps: ApiDeps,
  { jobId, kind, source }: { jobId: number; kind: RenditionKind; source: string },
  make: (work: Work) => Promise<void>,
  needs: RenditionKind[] = [],
): Promise<Pick<NewRendition, 'hash' | 'size'>> {
  const { db, blobs } = deps
  const stored = async () => {
    const all = await Promise.all([kind, ...needs].map((one) => findRendition(db, jobId, one, source)))
    const there = await Promise.all(all.map((found) => found && blobs.stat(found.hash)))
    return there.every(Boolean) ? (all[0] ?? null) : null
  }
  const known = await stored()
  if (known) return known
  const key = `${jobId} ${kind} ${source}`
  const begun = making.get(key) ?? asServer(() => makeOnce(deps, { jobId, source }, make))
  making.set(key, begun)
  try {
    // Whatever became of the job meanwhile: it is what was asked for.
    const made = (await begun).find((one) => one.kind === kind)
    if (made) return made
    throw new Error(`The ${kind} of job ${jobId} was made and not kept.`)
  } finally {
    making.delete(key)
  }
}

function makeOnce(
  { db, blobs, config }: ApiDeps,
  of: { jobId: number; source: string },
  make: (work: Work) => Promise<void>,
): Promise<NewRendition[]> {
  return AT_ONCE.runExclusive(() =>
    withWorkFolder(config, async (folder) => {
      const made: NewRendition[] = []
      const keep = async (kind: RenditionKind, file: string) => {
        const { hash, size } = await blobs.putFile(file)
        made.push({ kind, source: of.source, hash, size })
        return hash
      }
      await make({ folder, keep })
      await saveRenditions(db, of.jobId, made)
      return made
    }),
  )
}
