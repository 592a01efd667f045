import { execFile } from 'node:child_process'
import { mkdtemp, rm, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { JobSettings } from '../../domain/settings.ts'
import { approveJob } from '../../prisma/queries/decisions.ts'
import { getJob, type JobWithScenes } from '../../prisma/queries/jobs.ts'
import { filmProfile } from '../../providers/film-profile.ts'
import { findTool } from '../../toolchain/index.ts'
import { type ActivityBench, startActivityBench } from './activity-bench.ts'

let bench: ActivityBench
let folder: string
beforeAll(async () => {
  bench = await startActivityBench()
  folder = await mkdtemp(path.join(tmpdir(), 'greenlight-transitions-'))
})
afterAll(async () => {
  await bench.stop()
  await rm(folder, { recursive: true, force: true })
})

/** A clip of one second, conformed for transitions of 6 frames at both of its ends, in the store. */
async function storedClip(hue: number): Promise<{ hash: string; size: number }> {
  const { path: ffmpeg } = await findTool('ffmpeg')
  const [raw, clip] = [path.join(folder, `raw-${hue}.mp4`), path.join(folder, `clip-${hue}.mp4`)]
  const picture = ['-f', 'lavfi', '-i', `testsrc2=s=910x512:r=24:d=1,hue=h=${hue}`, '-pix_fmt', 'yuv420p']
  await promisify(execFile)(ffmpeg, ['-v', 'error', '-y', ...picture, raw])
  await bench.media.conformClip({
    ...{ input: raw, output: clip, profile: filmProfile(JobSettings.parse(settings)), durationSeconds: 1 },
    overlaps: { begin: 6, end: 6 },
  })
  return bench.blobs.putFile(clip)
}
let settings: unknown

/** A job whose three scenes are rendered, each going over into the next in a quarter of a second. */
async function renderedJob(): Promise<JobWithScenes> {
  const { db } = bench
  const job = await bench.newJob()
  settings = { ...JobSettings.parse(job.settings), resolution: '512p' }
  await db.job.update({ where: { id: job.id }, data: { settings: settings as object } })
  const [first] = job.scenes
  const { id: _, ...row } = first as NonNullable<typeof first>
  await db.scene.deleteMany({ where: { jobId: job.id } })
  for (const position of [0, 1, 2]) {
    const { hash, size } = await storedClip(position * 100)
    const clip = { clipHash: hash, clipSize: size, clipDuration: 1, clipFrames: 24, state: 'completed' }
    const transition = { duration: 1, transition: 'crossfade', transitionDuration: 0.25 }
    await db.scene.create({ data: { ...row, overlays: undefined, position, ...clip, ...transition } })
  }
  await approveJob(db, job.id, { by: null, note: null })
  return getJob(db, job.id)
}

const rows = () => bench.db.renderedTransition.findMany({ orderBy: { insertedAt: 'asc' } })
const longAgo = new Date(Date.now() - 48 * 60 * 60_000)
const age = async (hash: string) => utimes(await bench.blobs.localFile(hash, bench.tempDir), longAgo, longAgo)

describe('a transition', () => {
  let job: JobWithScenes
  beforeAll(async () => {
    job = await renderedJob()
  })

  it('is rendered once, however often it is asked for', async () => {
    await bench.attempt('renderTransition', { jobId: job.id, position: 0 })
    await bench.attempt('renderTransition', { jobId: job.id, position: 0 })
    const [row, ...others] = await rows()
    expect(others).toEqual([])
    expect(row).toMatchObject({
      ...{ fromClip: job.scenes[0]?.clipHash, toClip: job.scenes[1]?.clipHash },
      ...{ kind: 'crossfade', frames: 6, profile: '910x512@24/1' },
    })
    const { video } = await bench.media.probe(await bench.blobs.localFile(row?.blobHash ?? '', bench.tempDir))
    expect(video).toMatchObject({ frames: 6, width: 910, height: 512 })
  })

  it('is left to the stitching while a clip lacks, and after the last scene', async () => {
    const last = job.scenes[2]
    await bench.db.scene.update({ where: { id: last?.id }, data: { clipHash: null } })
    await bench.attempt('renderTransition', { jobId: job.id, position: 1 })
    await bench.attempt('renderTransition', { jobId: job.id, position: 2 })
    expect(await rows()).toHaveLength(1)
    await bench.db.scene.update({ where: { id: last?.id }, data: { clipHash: last?.clipHash } })
  })

  it('is made by the stitching where it lacks, or its bytes do', async () => {
    const [first] = await rows()
    await bench.blobs.delete(first?.blobHash ?? '')
    await bench.attempt('stitchFilm', { jobId: job.id })
    expect(await rows()).toHaveLength(2)
    const { stitchedHash, videoDuration } = await getJob(bench.db, job.id)
    expect(videoDuration).toBe((3 * 24 - 2 * 6) / 24)
    const film = await bench.media.probe(await bench.blobs.localFile(stitchedHash ?? '', bench.tempDir))
    expect(film.video).toMatchObject({ frames: 60, constantRate: true })
  })

  it('is kept as long as its clips are, and then tidied up', async () => {
    const hashes = (await rows()).map(({ blobHash }) => blobHash)
    for (const hash of hashes) await age(hash)
    await bench.attempt('tidyStore')
    for (const hash of hashes) expect(await bench.blobs.stat(hash)).not.toBeNull()

    await bench.db.scene.update({ where: { id: job.scenes[2]?.id }, data: { clipHash: null } })
    await bench.attempt('tidyStore')
    expect((await rows()).map(({ blobHash }) => blobHash)).toEqual([hashes[0]])
    expect(await Promise.all(hashes.map((hash) => bench.blobs.stat(hash)))).toMatchObject([{}, null])
  })
})

describe('what is planned', () => {
  it('names the places of the scenes where there are transitions, and nothing where there are cuts', async () => {
    const job = await renderedJob()
    const approval = { jobId: job.id, decision: 'approved', by: null, note: null } as const
    expect(await bench.attempt('recordDecision', approval)).toMatchObject({
      plan: { scenes: [{ position: 0 }, { position: 1 }, { position: 2 }], transitions: [0, 1] },
    })
    await bench.db.scene.updateMany({ where: { jobId: job.id }, data: { transition: 'cut' } })
    const recorded = await bench.attempt('recordDecision', approval)
    expect(recorded).not.toHaveProperty('plan.transitions')
    expect(recorded).not.toHaveProperty('plan.scenes.0.position')
  })
})
