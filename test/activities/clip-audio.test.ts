import { afterAll, beforeAll, expect, it } from 'vitest'
import { JobSettings } from '../../domain/settings.ts'
import { approveJob } from '../../prisma/queries/decisions.ts'
import { filmProfile } from '../../providers/film-profile.ts'
import { rms, setUp } from '../media/support.ts'
import { type ActivityBench, startActivityBench } from './activity-bench.ts'

const { at, clip, sound } = await setUp()

let bench: ActivityBench
beforeAll(async () => {
  bench = await startActivityBench()
})
afterAll(() => bench.stop())

/** A job whose clips of a second each have a tone; one value a scene says whether it is kept. */
async function renderedJob(kept: (boolean | null)[], keepClipAudio: boolean): Promise<number> {
  const { db, blobs, media } = bench
  const { id: jobId, scenes, settings: sample } = await bench.newJob()
  const settings = { ...JobSettings.parse(sample), resolution: '512p' as const, keepClipAudio }
  await db.job.update({ where: { id: jobId }, data: { settings } })
  const conformed = at('conformed.mp4')
  const input = await clip('tone.mp4', { size: '910x512' })
  const { changed } = await media.conformClip({
    ...{ input, output: conformed, profile: filmProfile(settings), durationSeconds: 1 },
  })
  const { hash, size } = await blobs.putFile(changed ? conformed : input)
  const [first] = scenes
  const { id: _, ...row } = first as NonNullable<typeof first>
  await db.scene.deleteMany({ where: { jobId } })
  for (const [position, keepClipAudio] of kept.entries()) {
    const rendered = { clipHash: hash, clipSize: size, clipDuration: 1, clipFrames: 24, state: 'completed' }
    await db.scene.create({ data: { ...row, overlays: undefined, position, duration: 1, ...rendered, keepClipAudio } })
  }
  await approveJob(db, jobId, { by: null, note: null })
  return jobId
}

/** In which seconds of the stitched film the clips are heard, and whether their sound is kept without loss. */
async function heardIn(jobId: number) {
  await bench.attempt('stitchFilm', { jobId })
  const { stitchedHash, stitchedSoundHash } = await bench.db.job.findUniqueOrThrow({ where: { id: jobId } })
  const film = await sound(await bench.blobs.localFile(stitchedHash ?? '', bench.tempDir))
  const seconds = Array.from({ length: Math.floor(film.length / 48_000) }, (_, second) => second)
  const heard = seconds.filter((second) => rms(film, second + 0.1, second + 0.6) > 0.01)
  return { heard, isKept: stitchedSoundHash !== null }
}

it('hears the clips of a job, but for the scenes that say otherwise', async () => {
  expect(await heardIn(await renderedJob([null, false, true], true))).toEqual({ heard: [0, 2], isKept: true })
})

it('hears only the scenes that say so, where the job keeps no sound', async () => {
  expect(await heardIn(await renderedJob([null, true, false], false))).toEqual({ heard: [1], isKept: true })
})

it('keeps nothing where there is nothing to hear', async () => {
  expect(await heardIn(await renderedJob([null, null], false))).toEqual({ heard: [], isKept: false })
})
