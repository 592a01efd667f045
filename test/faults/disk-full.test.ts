import { execFileSync } from 'node:child_process'
import { statfsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Greenlight } from '../../runtime/start-all.ts'
import { type Api, type Base, startBase, startGreenlight } from '../support/stack.ts'
import { approvedJob, expectPaidOnce, ledgerOf, leftovers, until } from './support.ts'

/** The folders that fill up: where ffmpeg writes, and where films are kept. Each is a small file system of its own. */
const DISKS = ['tmp', 'blobs'] as const
const DISK_BYTES = 64 * 1024 * 1024
const SCENES = 4

let base: Base
let greenlight: Greenlight & { api: Api }
let campaign: string
/** Bytes of one clip. */
let clip: number
const at = (...names: string[]) => path.join(base.dataDir, ...names)

// Mounting is for root; elsewhere there is no disk that may be filled.
describe.runIf(process.platform === 'linux' && process.getuid?.() === 0)('a full disk', () => {
  beforeAll(async () => {
    base = await startBase()
    for (const disk of DISKS) {
      await mkdir(at(disk))
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', at(disk)])
    }
    greenlight = await startGreenlight(base, { MAX_PARALLEL_SCENES: '1' })
    campaign = await greenlight.api.campaign(['chelsea.png', 'coffee.png', 'china.jpg', 'rocket.jpg', 'flower.jpg'])
    const id = await approvedJob(greenlight.api, campaign, 1)
    expect((await greenlight.api.ended(id)).body.status).toBe('completed')
    clip = (await greenlight.parts.db.scene.findFirstOrThrow({ where: { jobId: id } })).clipSize ?? 0
  })
  afterAll(async () => {
    await greenlight?.stop()
    for (const disk of DISKS) execFileSync('umount', ['-l', at(disk)])
    await base?.stop()
  })

  it.each(DISKS)(
    'in the stitch (%s) delays the film until there is space again, and leaves nothing behind',
    async (disk) => {
      const { api, parts } = greenlight
      await base.simulator.reset()
      const { bavail, bsize } = statfsSync(at(disk))
      // Room for a clip, its picture and half of the film of four clips.
      await writeFile(at(disk, 'ballast'), Buffer.alloc(bavail * bsize - Math.ceil(clip * 2.5)))
      const id = await approvedJob(api, campaign, SCENES)
      const failure = await until(
        'the stitch finds no space',
        async () => {
          const { body } = await api.get(`/jobs/${id}/workflow`)
          const stitch = body.pending_activities?.find(({ type }: { type: string }) => type === 'stitchFilm')
          return stitch?.last_failure
        },
        60_000,
      )
      expect(failure).toMatch(/no space left/i)
      expect((await api.get(`/jobs/${id}`)).body).toMatchObject({ status: 'processing', progress: { error: null } })
      expect(await leftovers(base)).toEqual([])

      await rm(at(disk, 'ballast'))
      expect((await api.ended(id)).body).toMatchObject({ status: 'completed', progress: { error: null } })
      const ledger = await ledgerOf(parts.db, id)
      expect(ledger).toHaveLength(SCENES)
      expectPaidOnce(ledger, base.simulator.bill().predictions)
    },
    90_000,
  )
})
