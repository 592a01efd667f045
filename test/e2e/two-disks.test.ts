/** Two workers that share no disk make one film: the second goes on where the first was, with nothing but what is in S3. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { spawnProcess } from '../support/process.ts'
import { type S3Server, startS3Server } from '../support/s3-server.ts'
import { type Base, environment, startBase, startServer } from '../support/stack.ts'

let s3: S3Server
let base: Base
let server: Awaited<ReturnType<typeof startServer>>
let disks: string
beforeAll(async () => {
  disks = await mkdtemp(path.join(tmpdir(), 'greenlight-disks-'))
  ;[s3, base] = await Promise.all([startS3Server(), startBase({ renderMs: 500 })])
  server = await startServer(base, own('server'))
})
afterAll(async () => {
  await server?.stop()
  await base?.stop()
  await s3?.stop()
  await rm(disks, { recursive: true, force: true })
})

/** A disk for itself; only rows, which are in one file here, are shared. */
const own = (name: string) => ({
  DATA_DIR: path.join(disks, name),
  DATABASE_PATH: path.join(base.dataDir, 'greenlight.db'),
  BLOB_STORE_URL: s3.url,
  // One scene after the other, so that the first worker can end between two.
  MAX_PARALLEL_SCENES: '1',
})
const startWorker = (name: string) => {
  const { PORT, ...env } = environment(base, Number(new URL(server.url).port), own(name))
  const temporal = { TEMPORAL_ADDRESS: base.target.address, TEMPORAL_NAMESPACE: base.target.namespace }
  return spawnProcess('worker.ts', { ...env, ...temporal, ...s3.env })
}

it('the film is made of clips from both', async () => {
  const { api } = server
  const first = startWorker('first')
  const campaign = await api.campaign(['chelsea.png', 'coffee.png', 'china.jpg'])
  await first.ready
  const job = await api.post('/jobs/from-image-pairs', { campaign_id: campaign, clip_duration: 4, num_pairs: 2 })
  const id: number = job.body.job_id
  await api.post(`/jobs/${id}/approve`)
  while ((await api.get(`/jobs/${id}/scenes`)).body.completed_scenes < 1) await sleep(20)
  expect(await first.end()).toBe(0)
  await rm(path.join(disks, 'first'), { recursive: true })

  const second = startWorker('second')
  await second.ready
  expect((await api.ended(id)).body).toMatchObject({ status: 'completed', progress: { error: null } })
  expect(await second.end()).toBe(0)

  const scenes = await server.parts.db.scene.findMany({ where: { jobId: id } })
  const kept = await readdir(path.join(disks, 'second', 'blob-cache'))
  for (const { clipHash } of scenes) expect(kept).toContain(clipHash)
  expect(await readdir(path.join(disks, 'second', 'tmp'))).toEqual([])
  const film = await api.bytes(`/videos/${id}/combined`)
  expect(film.length).toBe((await api.get(`/generated-videos?job_id=${id}`)).body.data[0].size ?? film.length)
  expect(film.subarray(4, 8).toString()).toBe('ftyp')
})
